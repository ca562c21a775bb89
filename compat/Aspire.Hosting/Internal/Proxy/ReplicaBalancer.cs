using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal.Proxy;

/// <summary>Chooses the replica for each request: of those that are healthy the one with the least to do.</summary>
internal sealed class ReplicaBalancer(EndpointAnnotation endpoint)
{
    private readonly Lock _lock = new();
    private int _turn;

    /// <summary>Takes a place at a replica; <see cref="Leave"/> gives it back.</summary>
    /// <returns>Null when none runs. One that runs and is not healthy gets requests only when no other is.</returns>
    public AllocatedEndpoint? Enter()
    {
        lock (_lock)
        {
            // Equals take turns: the search begins after the one chosen last.
            var replicas = endpoint.Replicas;
            var chosen = Enumerable.Range(_turn + 1, replicas.Count).Select(i => replicas[i % replicas.Count])
                .Where(r => !r.IsClosed)
                .OrderByDescending(r => r.IsHealthy)
                .ThenBy(r => r.RequestsUnderWay)
                .FirstOrDefault();
            if (chosen is null)
                return null;
            _turn = replicas.TakeWhile(r => r != chosen).Count();
            chosen.RequestsUnderWay++;
            return chosen;
        }
    }

    /// <summary>A request has ended.</summary>
    public void Leave(AllocatedEndpoint replica)
    {
        lock (_lock)
            replica.RequestsUnderWay--;
    }
}
