using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>Probes a running resource, publishes what it finds, and announces the first time that it is healthy.</summary>
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
    /// <param name="resource">The resource.</param>
    /// <param name="resourceIds">Its replicas that run: a check asks all of them, so they are healthy together.</param>
    /// <param name="onHealthy">Called once, when a replica is healthy for the first time since it started.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(
        IResource resource, IReadOnlyList<string> resourceIds, Action onHealthy, CancellationToken cancellationToken)
    {
        var keys = Keys(resource);
        var pause = options.FirstProbe;
        var settled = false;
        while (true)
        {
            var healthy = keys.Count == 0
                || await ProbeAsync(resource, resourceIds, keys, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (healthy && !settled)
            {
                settled = true;
                pause = options.HealthyProbe;
                await AnnounceAsync(resource, resourceIds, onHealthy, cancellationToken).ConfigureAwait(false);
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

    private async Task AnnounceAsync(
        IResource resource, IReadOnlyList<string> resourceIds, Action onHealthy, CancellationToken cancellationToken)
    {
        string[] fresh = [.. resourceIds.Where(id => !notifications.TryGetCurrentState(id, out var state) || !state.Snapshot.IsReady)];
        if (fresh.Length == 0)
            return;
        onHealthy();
        await eventing.PublishAsync(new ResourceReadyEvent(resource, services), cancellationToken).ConfigureAwait(false);
        foreach (var id in fresh)
            await notifications.PublishUpdateAsync(resource, id, s => s with { IsReady = true }).ConfigureAwait(false);
    }

    private async Task<bool> ProbeAsync(
        IResource resource, IReadOnlyList<string> resourceIds, HashSet<string> keys, CancellationToken cancellationToken)
    {
        var report = await checks.CheckHealthAsync(r => keys.Contains(r.Name), cancellationToken).ConfigureAwait(false);
        ImmutableArray<HealthReportSnapshot> snapshots =
            [.. report.Entries.Select(e => new HealthReportSnapshot(e.Key, e.Value.Status, e.Value.Description, e.Value.Exception?.Message))];
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var id in resourceIds)
            await notifications.PublishUpdateAsync(resource, id, s => s with { HealthReports = snapshots }).ConfigureAwait(false);
        if (report.Entries.Count < keys.Count)
            throw new DistributedApplicationException(
                $"Resource '{resource.Name}' has a health check that is not registered: {string.Join(", ", keys.Except(report.Entries.Keys))}.");
        return report.Status == HealthStatus.Healthy;
    }
}
