using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Internal.Launching;
using Aspire.Hosting.Internal.Proxy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>Starts all resources, starts and stops single replicas on request, and stops all in the opposite order.</summary>
internal sealed class Orchestrator(
    DistributedApplicationModel model,
    IEnumerable<ILaunchPlanner> planners,
    PortReservations ports,
    ResourceRunner runner,
    ReplicaProxy proxy,
    ParameterStates parameters,
    ResourceNotificationService notifications,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    ILogger<DistributedApplication> logger) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private List<RunningResource> _running = [];

    /// <summary>
    /// Plans, gives out all ports and sets off every resource; each then waits for those it depends on by itself.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken).ConfigureAwait(false);
        var order = StartOrder.Of(model.Resources);
        var plans = await Task.WhenAll(order.Select(r => PlanAsync(r, cancellationToken))).ConfigureAwait(false);
        var running = new List<RunningResource>();
        foreach (var (resource, plan) in order.Zip(plans))
        {
            // Parameters and connection strings from outside have nothing to run.
            if (plan is null)
                continue;
            if (plan is LaunchPlan.Absent absent)
            {
                resource.Annotations.Add(new AbsentAnnotation(absent.Reason));
            }
            else
            {
                ports.Allocate(resource, ((LaunchPlan.Run)plan).ListensOnHost);
                await eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, services), cancellationToken)
                    .ConfigureAwait(false);
            }

            running.Add(new RunningResource(resource, plan));
            if (plan is LaunchPlan.Run)
                LifecycleCommands.Add(resource, this);
        }

        _running = running;
        await proxy.StartAsync(running.Select(r => r.Resource), cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(model.Resources.OfType<ParameterResource>().Select(parameters.PublishAsync)).ConfigureAwait(false);
        foreach (var resource in running)
            await runner.BeginAsync(resource, _stopping.Token).ConfigureAwait(false);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (var resource in _running.AsEnumerable().Reverse())
        {
            await Task.WhenAll(resource.Replicas.Select(replica => runner.StopAsync(resource, replica))).ConfigureAwait(false);
            resource.Health?.Dispose();
        }

        await proxy.StopAsync(cancellationToken).ConfigureAwait(false);
        if (_running.Count > 0)
            logger.LogInformation("All resources have stopped");
        _running = [];
    }

    /// <summary>Starts a replica; ends when its process runs, never will, or it waits for another resource.</summary>
    /// <exception cref="DistributedApplicationException">It could not be started.</exception>
    public async Task StartReplicaAsync(string id, CancellationToken cancellationToken)
    {
        var (resource, replica) = Find(id);
        await replica.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await StartAsync(resource, replica, skipWait: true, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            replica.Gate.Release();
        }
    }

    /// <summary>Stops a replica and waits until it has ended.</summary>
    public async Task StopReplicaAsync(string id, CancellationToken cancellationToken)
    {
        var (resource, replica) = Find(id);
        await replica.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await runner.StopAsync(resource, replica).ConfigureAwait(false);
        }
        finally
        {
            replica.Gate.Release();
        }
    }

    /// <summary>Stops a replica and starts it again.</summary>
    /// <exception cref="DistributedApplicationException">It could not be started.</exception>
    public async Task RestartReplicaAsync(string id, CancellationToken cancellationToken)
    {
        var (resource, replica) = Find(id);
        await replica.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await runner.StopAsync(resource, replica).ConfigureAwait(false);
            await StartAsync(resource, replica, skipWait: false, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            replica.Gate.Release();
        }
    }

    /// <summary>Stops what still runs, for an application that is disposed without having been stopped.</summary>
    public void Dispose()
    {
        StopAsync(CancellationToken.None).GetAwaiter().GetResult();
        _stopping.Dispose();
    }

    private async Task StartAsync(RunningResource resource, Replica replica, bool skipWait, CancellationToken cancellationToken)
    {
        var run = runner.Start(resource, replica, first: false, _stopping.Token);
        if (skipWait)
        {
            // Those that start for the first time wait together.
            foreach (var waiting in resource.Replicas)
                waiting.Run?.SkipWait();
        }
        else if (resource.Resource.HasAnnotationOfType<WaitAnnotation>())
        {
            return;
        }

        await run.Settled.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (replica.Run is null && notifications.TryGetCurrentState(replica.Id, out var state)
            && state.Snapshot.State?.Text == KnownResourceStates.FailedToStart)
        {
            throw new DistributedApplicationException($"{resource.Resource.Name} could not be started; its console log says why.");
        }
    }

    private (RunningResource Resource, Replica Replica) Find(string id)
    {
        foreach (var resource in _running)
        {
            if (resource.Replicas.FirstOrDefault(r => r.Id == id) is { } replica)
                return (resource, replica);
        }

        throw new DistributedApplicationException($"There is nothing to run by the name '{id}'.");
    }

    private async Task<LaunchPlan?> PlanAsync(IResource resource, CancellationToken cancellationToken)
    {
        foreach (var planner in planners)
        {
            if (await planner.TryPlanAsync(resource, cancellationToken).ConfigureAwait(false) is { } plan)
                return plan;
        }

        return null;
    }
}
