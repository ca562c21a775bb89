using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>Watches the health of those replicas of a resource that run; begins anew whenever one starts or ends.</summary>
internal sealed class HealthWatch(IResource resource, HealthMonitor monitor, ILogger logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<string> _ids = [];
    private CancellationTokenSource? _ends;

    /// <summary>A replica's process runs.</summary>
    public void Add(string id) => Change(ids => ids.Add(id));

    /// <summary>A replica's process has ended.</summary>
    public void Remove(string id) => Change(ids => ids.Remove(id));

    public void Dispose()
    {
        lock (_lock)
        {
            _ends?.Cancel();
            _ends?.Dispose();
            _ends = null;
        }
    }

    private void Change(Action<List<string>> change)
    {
        lock (_lock)
        {
            change(_ids);
            _ends?.Cancel();
            _ends?.Dispose();
            _ends = null;
            if (_ids.Count == 0)
                return;
            _ends = new CancellationTokenSource();
            _ = RunAsync([.. _ids], _ends.Token);
        }
    }

    private async Task RunAsync(string[] ids, CancellationToken ends)
    {
        // The caller holds the lock and must not wait for a probe.
        await Task.Yield();
        try
        {
            await monitor.RunAsync(resource, ids, () => logger.LogInformation("{Resource} is healthy", resource.Name), ends)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The replicas that run are others now.
        }
        catch (Exception e)
        {
            logger.LogError(e, "The health of {Resource} is no longer watched", resource.Name);
        }
    }
}
