using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal.Launching;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>A resource that has processes, or would have some if this machine could run it.</summary>
internal sealed class RunningResource(IResource resource, LaunchPlan plan) : IDisposable
{
    private readonly Lock _lock = new();
    private Task? _firstPreparation;

    public IResource Resource { get; } = resource;

    public LaunchPlan Plan { get; } = plan;

    public IReadOnlyList<Replica> Replicas { get; } =
        [.. Enumerable.Range(0, resource.GetReplicaCount()).Select(index => new Replica(resource, index))];

    /// <summary>The watch over the health of the replicas that run; set once, by the runner.</summary>
    public HealthWatch? Health { get; set; }

    /// <summary>What the replicas do together the first time, before their processes are started.</summary>
    public Task PrepareFirst(Func<Task> prepare)
    {
        lock (_lock)
            return _firstPreparation ??= prepare();
    }

    /// <summary>Marks the endpoints of a replica as answered or not.</summary>
    public void SetOpen(Replica replica, bool isOpen) => Set(replica, endpoint =>
    {
        endpoint.IsClosed = !isOpen;
        endpoint.IsHealthy = false;
    });

    /// <summary>Marks the endpoints of a replica with what its health checks told.</summary>
    public void SetHealthy(Replica replica, bool isHealthy) => Set(replica, endpoint => endpoint.IsHealthy = isHealthy);

    public void Dispose()
    {
        Health?.Dispose();
        foreach (var replica in Replicas)
            replica.Dispose();
    }

    private void Set(Replica replica, Action<AllocatedEndpoint> set)
    {
        foreach (var endpoint in Resource.Annotations.OfType<EndpointAnnotation>())
        {
            if (replica.Index < endpoint.Replicas.Count)
                set(endpoint.Replicas[replica.Index]);
        }
    }
}
