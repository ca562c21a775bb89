using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Internal.Launching;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>Starts all resources and stops them in the opposite order.</summary>
internal sealed class Orchestrator(
    DistributedApplicationModel model,
    IEnumerable<ILaunchPlanner> planners,
    PortReservations ports,
    ResourceRunner runner,
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
        }

        _running = running;
        foreach (var resource in running)
            resource.Completion = runner.RunAsync(resource, _stopping.Token);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (var resource in _running.AsEnumerable().Reverse())
            await runner.StopAsync(resource).ConfigureAwait(false);
        if (_running.Count > 0)
            logger.LogInformation("All resources have stopped");
        _running = [];
    }

    /// <summary>Stops what still runs, for an application that is disposed without having been stopped.</summary>
    public void Dispose()
    {
        StopAsync(CancellationToken.None).GetAwaiter().GetResult();
        _stopping.Dispose();
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
