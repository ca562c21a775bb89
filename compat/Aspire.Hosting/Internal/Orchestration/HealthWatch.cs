using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>Watches the health of those replicas of a resource that run.</summary>
internal sealed class HealthWatch(RunningResource running, HealthMonitor monitor, ILogger logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CancellationTokenSource> _watched = [];

    /// <summary>A replica's process runs.</summary>
    public void Add(Replica replica)
    {
        var ends = new CancellationTokenSource();
        lock (_lock)
            _watched.Add(replica.Id, ends);
        _ = RunAsync(replica, ends.Token);
    }

    /// <summary>A replica's process has ended.</summary>
    public void Remove(Replica replica)
    {
        lock (_lock)
        {
            if (_watched.Remove(replica.Id, out var ends))
                End(ends);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var ends in _watched.Values)
                End(ends);
            _watched.Clear();
        }
    }

    private static void End(CancellationTokenSource ends)
    {
        ends.Cancel();
        ends.Dispose();
    }

    private async Task RunAsync(Replica replica, CancellationToken ends)
    {
        // The caller must not wait for a probe.
        await Task.Yield();
        var name = ReplicaName.Of(running.Resource, replica.Id);
        try
        {
            await monitor.RunAsync(running, replica, () => logger.LogInformation("{Resource} is healthy", name), ends)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The process has ended.
        }
        catch (Exception e)
        {
            logger.LogError(e, "The health of {Resource} is no longer watched", name);
        }
    }
}
