using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal.Launching;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>Publishes what becomes of a replica.</summary>
internal sealed class ReplicaStates(ResourceNotificationService notifications, TimeProvider time)
{
    public Task AbsentAsync(IResource resource, string id)
        => SetAsync(resource, id, new ResourceStateSnapshot(StandInResourceStates.Absent, KnownResourceStateStyles.Warn));

    public Task NotStartedAsync(IResource resource, string id)
        => notifications.PublishUpdateAsync(resource, id, s => ResourceFacts.Describe(resource, s) with
        {
            State = new ResourceStateSnapshot(KnownResourceStates.NotStarted, KnownResourceStateStyles.Info),
        });

    public Task WaitingAsync(IResource resource, string id) => SetAsync(resource, id, KnownResourceStates.Waiting!);

    /// <summary>Also forgets what is known of an earlier run.</summary>
    public Task StartingAsync(IResource resource, string id) => notifications.PublishUpdateAsync(resource, id, s => s with
    {
        State = KnownResourceStates.Starting,
        ExitCode = null,
        StartTimeStamp = null,
        StopTimeStamp = null,
        HealthReports = [],
        IsReady = false,
    });

    public Task RunningAsync(IResource resource, Replica replica, LaunchRequest request, int processId)
    {
        var started = time.GetUtcNow().UtcDateTime;
        return notifications.PublishUpdateAsync(resource, replica.Id, s =>
            ResourceFacts.DescribeRun(resource, replica.Index, request, processId, s) with
            {
                State = new ResourceStateSnapshot(KnownResourceStates.Running, KnownResourceStateStyles.Success),
                StartTimeStamp = started,
                HealthReports = HealthMonitor.Unknown(resource),
            });
    }

    public Task StoppingAsync(IResource resource, string id) => SetAsync(resource, id, KnownResourceStates.Stopping!);

    public Task EndedAsync(IResource resource, string id, int exitCode, bool onRequest)
        => notifications.PublishUpdateAsync(resource, id, s => s with
        {
            State = new ResourceStateSnapshot(
                resource is ContainerResource ? KnownResourceStates.Exited : KnownResourceStates.Finished,
                onRequest ? KnownResourceStateStyles.Info : exitCode == 0 ? KnownResourceStateStyles.Success
                    : KnownResourceStateStyles.Error),
            ExitCode = exitCode,
            StopTimeStamp = time.GetUtcNow().UtcDateTime,
        });

    /// <summary>It ended by itself and will be started again.</summary>
    public Task RestartingAsync(IResource resource, string id, int exitCode)
        => notifications.PublishUpdateAsync(resource, id, s => s with
        {
            State = new ResourceStateSnapshot(StandInResourceStates.Restarting, KnownResourceStateStyles.Warn),
            ExitCode = exitCode,
            StopTimeStamp = time.GetUtcNow().UtcDateTime,
            HealthReports = [],
            IsReady = false,
        });

    public Task FailedToStartAsync(IResource resource, string id)
        => SetAsync(resource, id, new ResourceStateSnapshot(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error));

    private Task SetAsync(IResource resource, string id, ResourceStateSnapshot state)
        => notifications.PublishUpdateAsync(resource, id, s => s with { State = state });
}
