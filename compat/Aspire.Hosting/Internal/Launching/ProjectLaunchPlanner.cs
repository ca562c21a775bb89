using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal.Dashboard;
using Aspire.Hosting.Internal.Processes;

namespace Aspire.Hosting.Internal.Launching;

/// <summary>Projects run from what the app host's build has built; nothing is built at start.</summary>
internal sealed class ProjectLaunchPlanner(Assembly? appHost) : ILaunchPlanner
{
    public async ValueTask<LaunchPlan?> TryPlanAsync(IResource resource, CancellationToken cancellationToken)
    {
        if (resource is not ProjectResource || !resource.TryGetLastAnnotation<IProjectMetadata>(out var project))
            return null;
        var assembly = BuildRecord.TargetPath(project, appHost)
            ?? await MSBuildTargetPath.QueryAsync(project.ProjectPath, cancellationToken).ConfigureAwait(false);
        if (!File.Exists(assembly))
            throw new DistributedApplicationException(
                $"The project of resource '{resource.Name}' is not built: '{assembly}' does not exist.");
        return new LaunchPlan.Run((request, _) => ValueTask.FromResult(Spec(request, assembly)));
    }

    private static ProcessSpec Spec(LaunchRequest request, string assembly)
        => new(DotnetHost.Path, [assembly, .. request.Arguments], Path.GetDirectoryName(assembly)!)
        {
            Environment = request.Environment,
            // The app host's own address, and what lets a person in there, are not its services'.
            NotInherited = ["ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", DashboardSettings.GivenBrowserToken],
        };
}
