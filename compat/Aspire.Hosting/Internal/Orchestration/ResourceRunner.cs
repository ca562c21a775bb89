using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Internal.Launching;
using Aspire.Hosting.Internal.Logging;
using Aspire.Hosting.Internal.Processes;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>Takes one resource through its life: wait, start, watch, end.</summary>
internal sealed class ResourceRunner(
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    ResourceConsole console,
    LaunchConfiguration configuration,
    PortReservations ports,
    HealthMonitor health,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    OrchestratorOptions options,
    TimeProvider time,
    ILogger<DistributedApplication> logger)
{
    /// <summary>Runs until all processes of the resource have ended; failures are told, not thrown.</summary>
    /// <param name="running">The resource; gets its processes.</param>
    /// <param name="stopping">Cancelled when the application stops: nothing more is started.</param>
    public async Task RunAsync(RunningResource running, CancellationToken stopping)
    {
        var resource = running.Resource;
        try
        {
            if (running.Plan is LaunchPlan.Absent absent)
            {
                logger.LogWarning("{Resource} is absent: {Reason}; going on without it", resource.Name, absent.Reason);
                await SetStateAsync(
                    running, new ResourceStateSnapshot(StandInResourceStates.Absent, KnownResourceStateStyles.Warn))
                    .ConfigureAwait(false);
                return;
            }

            await RunProcessesAsync(running, (LaunchPlan.Run)running.Plan, stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The application stops before the resource started.
        }
        catch (Exception e)
        {
            logger.LogError("{Resource} could not be started: {Error}", resource.Name, e.Message);
            logs.Log(resource.Name).Append(e.Message, isError: true);
            await SetStateAsync(
                running, new ResourceStateSnapshot(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error))
                .ConfigureAwait(false);
        }
    }

    /// <summary>Stops all processes of the resource and waits until they have ended.</summary>
    public async Task StopAsync(RunningResource running)
    {
        await Task.WhenAll(running.RequestStop().Where(process => !process.Exited.IsCompleted).Select(async process =>
        {
            var exitCode = await process.StopAsync().ConfigureAwait(false);
            logger.LogInformation("{Resource} stopped with exit code {ExitCode}", running.Resource.Name, exitCode);
        })).ConfigureAwait(false);
        await running.Completion.ConfigureAwait(false);
    }

    private async Task RunProcessesAsync(RunningResource running, LaunchPlan.Run plan, CancellationToken stopping)
    {
        var resource = running.Resource;
        if (resource.HasAnnotationOfType<WaitAnnotation>())
        {
            await SetStateAsync(running, KnownResourceStates.Waiting!).ConfigureAwait(false);
            await notifications.WaitForDependenciesAsync(resource, stopping).ConfigureAwait(false);
        }

        await eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services), stopping).ConfigureAwait(false);
        await SetStateAsync(running, KnownResourceStates.Starting!).ConfigureAwait(false);
        var specs = new List<ProcessSpec>();
        for (var i = 0; i < running.Ids.Count; i++)
        {
            var request = await configuration.ResolveAsync(resource, running.Ids[i], i, stopping).ConfigureAwait(false);
            specs.Add(await plan.ResolveAsync(request, stopping).ConfigureAwait(false));
        }

        stopping.ThrowIfCancellationRequested();
        ports.Release(resource);
        foreach (var spec in specs)
        {
            var process = SupervisedProcess.Start(
                spec, (line, isError) => console.WriteLine(resource.Name, line, isError), options.GracePeriod, time);
            if (!running.Add(process))
                await process.StopAsync().ConfigureAwait(false);
        }

        await WatchAsync(running, stopping).ConfigureAwait(false);
        if (plan.CleanUpAsync is { } cleanUp)
            await cleanUp().ConfigureAwait(false);
    }

    private async Task WatchAsync(RunningResource running, CancellationToken stopping)
    {
        var resource = running.Resource;
        var unknown = HealthMonitor.Unknown(resource);
        var started = time.GetUtcNow().UtcDateTime;
        foreach (var id in running.Ids)
        {
            await notifications.PublishUpdateAsync(resource, id, s => s with
            {
                State = new ResourceStateSnapshot(KnownResourceStates.Running, KnownResourceStateStyles.Success),
                StartTimeStamp = started,
                HealthReports = unknown,
                Urls = [.. resource.Annotations.OfType<EndpointAnnotation>()
                    .Select(e => new UrlSnapshot(e.Name, e.AllocatedEndpoint!.UriString, IsInternal: false))],
            }).ConfigureAwait(false);
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var monitor = MonitorAsync(running, ended.Token);
        await Task.WhenAll(running.Processes.Select((process, i) => ReportExitAsync(running, i, process, ended, stopping)))
            .ConfigureAwait(false);
        await monitor.ConfigureAwait(false);
    }

    private async Task MonitorAsync(RunningResource running, CancellationToken ended)
    {
        try
        {
            await health.RunAsync(
                running.Resource, running.Ids, () => logger.LogInformation("{Resource} is healthy", running.Resource.Name), ended)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Nothing is left to probe.
        }
        catch (Exception e)
        {
            logger.LogError(e, "The health of {Resource} is no longer watched", running.Resource.Name);
        }
    }

    private async Task ReportExitAsync(
        RunningResource running, int replica, SupervisedProcess process, CancellationTokenSource ended, CancellationToken stopping)
    {
        var resource = running.Resource;
        var exitCode = await process.Exited.ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        var id = running.Ids[replica];
        var state = resource is ContainerResource ? KnownResourceStates.Exited : KnownResourceStates.Finished;
        await notifications.PublishUpdateAsync(resource, id, s => s with
        {
            State = new ResourceStateSnapshot(
                state, exitCode == 0 ? KnownResourceStateStyles.Success : KnownResourceStateStyles.Error),
            ExitCode = exitCode,
            StopTimeStamp = time.GetUtcNow().UtcDateTime,
        }).ConfigureAwait(false);
        if (!stopping.IsCancellationRequested && exitCode != 0 && notifications.TryGetCurrentState(id, out var final))
            logger.LogError("{Failure}", ResourceFailure.DescribeWithOutput(final, logs));
        else if (!stopping.IsCancellationRequested)
            logger.LogInformation("{Resource} ended with exit code {ExitCode}", resource.Name, exitCode);
    }

    private async Task SetStateAsync(RunningResource running, ResourceStateSnapshot state)
    {
        foreach (var id in running.Ids)
            await notifications.PublishUpdateAsync(running.Resource, id, s => s with { State = state }).ConfigureAwait(false);
    }
}
