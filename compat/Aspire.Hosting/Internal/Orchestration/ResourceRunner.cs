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

        running.Health = new HealthWatch(running.Resource, health, logger);
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
            await states.StoppingAsync(running.Resource, replica.Id).ConfigureAwait(false);
            var exitCode = await process.StopAsync().ConfigureAwait(false);
            logger.LogInformation("{Resource} stopped with exit code {ExitCode}", running.Resource.Name, exitCode);
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
            await RunProcessAsync(running, replica, run, (LaunchPlan.Run)running.Plan).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (run.Cancelled.IsCancellationRequested)
        {
            // Told to stop before there was a process. When all stops, nobody needs to know.
            if (run.StopRequested)
                await states.NotStartedAsync(resource, replica.Id).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            logger.LogError("{Resource} could not be started: {Error}", resource.Name, e.Message);
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

    private async Task RunProcessAsync(RunningResource running, Replica replica, ReplicaRun run, LaunchPlan.Run plan)
    {
        var resource = running.Resource;
        await states.StartingAsync(resource, replica.Id).ConfigureAwait(false);
        var request = await configuration.ResolveAsync(resource, replica.Id, replica.Index, run.Cancelled).ConfigureAwait(false);
        var spec = await plan.ResolveAsync(request, run.Cancelled).ConfigureAwait(false);
        run.Cancelled.ThrowIfCancellationRequested();
        ports.Release(resource);
        var process = SupervisedProcess.Start(
            spec, (line, isError) => console.WriteLine(resource, replica.Id, line, isError), options.GracePeriod, time);
        if (run.Set(process))
        {
            running.SetOpen(replica, isOpen: true);
            await states.RunningAsync(resource, replica, request, process.Id).ConfigureAwait(false);
            running.Health!.Add(replica.Id);
            run.Settle();
        }
        else
        {
            await process.StopAsync().ConfigureAwait(false);
        }

        var exitCode = await process.Exited.ConfigureAwait(false);
        running.Health!.Remove(replica.Id);
        running.SetOpen(replica, isOpen: false);
        await states.EndedAsync(resource, replica.Id, exitCode, run.StopRequested).ConfigureAwait(false);
        if (!run.Cancelled.IsCancellationRequested)
            TellExit(resource, replica.Id, exitCode);
        if (plan.CleanUpAsync is { } cleanUp)
            await cleanUp().ConfigureAwait(false);
    }

    private void TellExit(IResource resource, string id, int exitCode)
    {
        if (exitCode != 0 && notifications.TryGetCurrentState(id, out var final))
            logger.LogError("{Failure}", ResourceFailure.DescribeWithOutput(final, logs));
        else
            logger.LogInformation("{Resource} ended with exit code {ExitCode}", resource.Name, exitCode);
    }
}
