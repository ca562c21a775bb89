using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal.Processes;

namespace Aspire.Hosting.Internal.Launching;

/// <summary>Programs run as they are.</summary>
internal sealed class ExecutableLaunchPlanner : ILaunchPlanner
{
    public ValueTask<LaunchPlan?> TryPlanAsync(IResource resource, CancellationToken cancellationToken)
        => ValueTask.FromResult<LaunchPlan?>(resource is ExecutableResource executable
            ? new LaunchPlan.Run((request, _) => ValueTask.FromResult(
                new ProcessSpec(executable.Command, request.Arguments, executable.WorkingDirectory) { Environment = request.Environment }))
            : null);
}
