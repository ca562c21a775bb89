using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Internal.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>Probes a running replica, publishes what it finds, and announces the first time that it is healthy.</summary>
internal sealed class HealthMonitor(
    HealthCheckService checks,
    ResourceNotificationService notifications,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    OrchestratorOptions options,
    TimeProvider time)
{
    /// <summary>What the reports are before the first probe.</summary>
    public static ImmutableArray<HealthReportSnapshot> Unknown(IResource resource)
        => [.. Keys(resource).Select(key => new HealthReportSnapshot(key, null, null, null))];

    /// <summary>Runs until cancelled, or until there is nothing to probe.</summary>
    /// <param name="running">The resource.</param>
    /// <param name="replica">Which of its replicas.</param>
    /// <param name="onHealthy">Called once, when it is healthy for the first time since it started.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(RunningResource running, Replica replica, Action onHealthy, CancellationToken cancellationToken)
    {
        var keys = Keys(running.Resource);
        var pause = options.FirstProbe;
        var settled = false;
        while (true)
        {
            var healthy = keys.Count == 0
                || await ProbeAsync(running.Resource, replica, keys, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            running.SetHealthy(replica, healthy);
            if (healthy && !settled)
            {
                settled = true;
                pause = options.HealthyProbe;
                await AnnounceAsync(running, replica, onHealthy, cancellationToken).ConfigureAwait(false);
            }

            if (keys.Count == 0)
                return;
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            if (!settled)
                pause = pause * 2 < options.SlowestFirstProbe ? pause * 2 : options.SlowestFirstProbe;
        }
    }

    private static HashSet<string> Keys(IResource resource)
        => [.. resource.Annotations.OfType<HealthCheckAnnotation>().Select(a => a.Key)];

    /// <summary>The resource is ready with the first of its replicas.</summary>
    private async Task AnnounceAsync(
        RunningResource running, Replica replica, Action onHealthy, CancellationToken cancellationToken)
    {
        onHealthy();
        var isFirst = !running.Replicas.Any(
            other => notifications.TryGetCurrentState(other.Id, out var state) && state.Snapshot.IsReady);
        if (isFirst)
        {
            await eventing.PublishAsync(new ResourceReadyEvent(running.Resource, services), cancellationToken)
                .ConfigureAwait(false);
        }

        await notifications.PublishUpdateAsync(running.Resource, replica.Id, s => s with { IsReady = true })
            .ConfigureAwait(false);
    }

    private async Task<bool> ProbeAsync(
        IResource resource, Replica replica, HashSet<string> keys, CancellationToken cancellationToken)
    {
        ProbedReplica.Set(replica.Index);
        var report = await checks.CheckHealthAsync(r => keys.Contains(r.Name), cancellationToken).ConfigureAwait(false);
        ImmutableArray<HealthReportSnapshot> snapshots = [.. report.Entries.Select(e =>
            new HealthReportSnapshot(e.Key, e.Value.Status, e.Value.Description, e.Value.Exception?.Message))];
        cancellationToken.ThrowIfCancellationRequested();
        await notifications.PublishUpdateAsync(resource, replica.Id, s => s with { HealthReports = snapshots })
            .ConfigureAwait(false);
        if (report.Entries.Count < keys.Count)
            throw new DistributedApplicationException(
                $"Resource '{resource.Name}' has a health check that is not registered: "
                + $"{string.Join(", ", keys.Except(report.Entries.Keys))}.");
        return report.Status == HealthStatus.Healthy;
    }
}
