using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Internal.Launching;
using Aspire.Hosting.Internal.Logging;
using Aspire.Hosting.Internal.Processes;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>
/// Takes the replicas of a resource through their lives: wait, start, watch, end; as often as they are told to.
/// </summary>
internal sealed class ResourceRunner(
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    ResourceConsole console,
    LaunchConfiguration configuration,
    PortReservations ports,
    HealthMonitor health,
    ReplicaStates states,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    OrchestratorOptions options,
    TimeProvider time,
    ILogger<DistributedApplication> logger)
{
    /// <summary>Starts all replicas for the first time, or tells why none is started now.</summary>
    /// <param name="running">The resource.</param>
    /// <param name="stopping">Cancelled when the application stops: nothing more is started.</param>
    public async Task BeginAsync(RunningResource running, CancellationToken stopping)
    {
        if (running.Plan is LaunchPlan.Absent absent)
        {
            logger.LogWarning("{Resource} is absent: {Reason}; going on without it", running.Resource.Name, absent.Reason);
            foreach (var replica in running.Replicas)
                await states.AbsentAsync(running.Resource, replica.Id).ConfigureAwait(false);
            return;
        }

        running.Health = new HealthWatch(running, health, logger);
        var isExplicit = running.Resource.HasAnnotationOfType<ExplicitStartupAnnotation>();
        foreach (var replica in running.Replicas)
        {
            await states.NotStartedAsync(running.Resource, replica.Id).ConfigureAwait(false);
            if (!isExplicit)
                Start(running, replica, first: true, stopping);
        }
    }

    /// <summary>Starts a replica that does not run.</summary>
    /// <returns>The run; the one under way when there is one.</returns>
    public ReplicaRun Start(RunningResource running, Replica replica, bool first, CancellationToken stopping)
    {
        while (true)
        {
            if (replica.TryBegin(stopping) is { } run)
            {
                run.Completion = RunAsync(running, replica, run, first);
                return run;
            }

            if (replica.Run is { } underWay)
                return underWay;
        }
    }

    /// <summary>Stops a replica and waits until it has ended.</summary>
    public async Task StopAsync(RunningResource running, Replica replica)
    {
        if (replica.Run is not { } run)
            return;
        if (await run.RequestStopAsync().ConfigureAwait(false) is { Exited.IsCompleted: false } process)
        {
            // What comes from now on goes to the others, if there are any.
            running.SetOpen(replica, isOpen: false);
            await states.StoppingAsync(running.Resource, replica.Id).ConfigureAwait(false);
            var exitCode = await process.StopAsync().ConfigureAwait(false);
            logger.LogInformation(
                "{Resource} stopped with exit code {ExitCode}", ReplicaName.Of(running.Resource, replica.Id), exitCode);
        }

        await run.Completion.ConfigureAwait(false);
    }

    /// <summary>One run, to its end; failures are told, not thrown.</summary>
    private async Task RunAsync(RunningResource running, Replica replica, ReplicaRun run, bool first)
    {
        // The caller sets Completion to this method's task, and the run must not be over before.
        await Task.Yield();
        var resource = running.Resource;
        try
        {
            await (first
                ? running.PrepareFirst(() => PrepareAsync(running, run, run.Stopping))
                : PrepareAsync(running, run, run.Cancelled)).WaitAsync(run.Cancelled).ConfigureAwait(false);
            await RunProcessesAsync(running, replica, run, (LaunchPlan.Run)running.Plan).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (run.Cancelled.IsCancellationRequested)
        {
            // Told to stop before there was a process. When all stops, nobody needs to know.
            if (run.StopRequested)
                await states.NotStartedAsync(resource, replica.Id).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            logger.LogError("{Resource} could not be started: {Error}", ReplicaName.Of(resource, replica.Id), e.Message);
            logs.Append(resource, replica.Id, e.Message, isError: true);
            await states.FailedToStartAsync(resource, replica.Id).ConfigureAwait(false);
        }
        finally
        {
            replica.End();
            run.Settle();
        }
    }

    private async Task PrepareAsync(RunningResource running, ReplicaRun run, CancellationToken cancellationToken)
    {
        var resource = running.Resource;
        if (resource.HasAnnotationOfType<WaitAnnotation>())
        {
            foreach (var replica in running.Replicas.Where(r => r.Run is not null))
                await states.WaitingAsync(resource, replica.Id).ConfigureAwait(false);
            using var waited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var dependencies = notifications.WaitForDependenciesAsync(resource, waited.Token);
            if (await Task.WhenAny(dependencies, run.WaitSkipped).ConfigureAwait(false) == dependencies)
                await dependencies.ConfigureAwait(false);
            else
                await CancelAsync(dependencies, waited).ConfigureAwait(false);
        }

        await eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services), cancellationToken).ConfigureAwait(false);
    }

    private static async Task CancelAsync(Task task, CancellationTokenSource cancellation)
    {
        await cancellation.CancelAsync().ConfigureAwait(false);
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>A process, and after it another as often as it crashes.</summary>
    private async Task RunProcessesAsync(RunningResource running, Replica replica, ReplicaRun run, LaunchPlan.Run plan)
    {
        var resource = running.Resource;
        var backOff = new RestartBackOff(options);
        var hasServed = false;
        while (true)
        {
            var started = time.GetTimestamp();
            var exitCode = await RunProcessAsync(running, replica, run, plan).ConfigureAwait(false);
            hasServed |= notifications.TryGetCurrentState(replica.Id, out var last) && last.Snapshot.IsReady;
            var again = hasServed && exitCode != 0 && IsServer(resource) && !run.Cancelled.IsCancellationRequested;
            if (again)
                await states.RestartingAsync(resource, replica.Id, exitCode).ConfigureAwait(false);
            else
                await states.EndedAsync(resource, replica.Id, exitCode, run.StopRequested).ConfigureAwait(false);
            if (!run.Cancelled.IsCancellationRequested)
                TellExit(resource, replica.Id, exitCode);
            if (plan.CleanUpAsync is { } cleanUp)
                await cleanUp().ConfigureAwait(false);
            if (!again)
                return;
            await PauseAsync(resource, replica, run, backOff, time.GetElapsedTime(started)).ConfigureAwait(false);
        }
    }

    /// <summary>What has a health check serves others; what has none may be meant to end.</summary>
    private static bool IsServer(IResource resource)
        => resource is ProjectResource && resource.HasAnnotationOfType<HealthCheckAnnotation>();

    private async Task PauseAsync(IResource resource, Replica replica, ReplicaRun run, RestartBackOff backOff, TimeSpan ran)
    {
        var pause = backOff.Next(ran);
        var name = ReplicaName.Of(resource, replica.Id);
        logger.LogWarning(
            "{Resource} is started again in {Seconds} s (restart {Count})", name, pause.TotalSeconds, backOff.Count);
        logs.Append(
            resource, replica.Id, $"Started again in {pause.TotalSeconds} s (restart {backOff.Count}).", isError: true);
        run.WaitAgain();
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(run.Cancelled);
        await Task.WhenAny(Task.Delay(pause, time, cut.Token), run.WaitSkipped).ConfigureAwait(false);
        await cut.CancelAsync().ConfigureAwait(false);
        run.Cancelled.ThrowIfCancellationRequested();
    }

    private async Task<int> RunProcessAsync(RunningResource running, Replica replica, ReplicaRun run, LaunchPlan.Run plan)
    {
        var resource = running.Resource;
        await states.StartingAsync(resource, replica.Id).ConfigureAwait(false);
        var request = await configuration.ResolveAsync(resource, replica.Id, replica.Index, run.Cancelled).ConfigureAwait(false);
        var spec = await plan.ResolveAsync(request, run.Cancelled).ConfigureAwait(false);
        run.Cancelled.ThrowIfCancellationRequested();
        ports.Release(resource, replica.Index);
        var process = SupervisedProcess.Start(
            spec, (line, isError) => console.WriteLine(resource, replica.Id, line, isError), options.GracePeriod, time);
        if (run.Set(process))
        {
            running.SetOpen(replica, isOpen: true);
            await states.RunningAsync(resource, replica, request, process.Id).ConfigureAwait(false);
            running.Health!.Add(replica);
            run.Settle();
        }
        else
        {
            await process.StopAsync().ConfigureAwait(false);
        }

        var exitCode = await process.Exited.ConfigureAwait(false);
        running.Health!.Remove(replica);
        running.SetOpen(replica, isOpen: false);
        return exitCode;
    }

    private void TellExit(IResource resource, string id, int exitCode)
    {
        if (exitCode != 0 && notifications.TryGetCurrentState(id, out var final))
            logger.LogError("{Failure}", ResourceFailure.DescribeWithOutput(final, logs));
        else
            logger.LogInformation("{Resource} ended with exit code {ExitCode}", ReplicaName.Of(resource, id), exitCode);
    }
}
