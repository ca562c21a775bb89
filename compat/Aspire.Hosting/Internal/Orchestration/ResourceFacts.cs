using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal.Launching;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>The facts about a resource that are shown with its state; property names are Aspire's.</summary>
internal static class ResourceFacts
{
    public const string ProjectPath = "project.path";
    public const string ExecutablePath = "executable.path";
    public const string ExecutableArguments = "executable.args";
    public const string ExecutableWorkingDirectory = "executable.workDir";
    public const string ProcessId = "executable.pid";
    public const string ContainerImage = "container.image";

    /// <summary>What is known before it starts.</summary>
    public static CustomResourceSnapshot Describe(IResource resource, CustomResourceSnapshot snapshot) => snapshot with
    {
        ResourceType = resource switch
        {
            ProjectResource => "Project",
            ExecutableResource => "Executable",
            ContainerResource => "Container",
            _ => snapshot.ResourceType,
        },
        Properties = [.. Properties(resource)],
        Relationships = [.. resource.Annotations.OfType<ResourceRelationshipAnnotation>()
            .Select(r => new RelationshipSnapshot(r.Resource.Name, r.Type)).Distinct()],
    };

    /// <summary>What is known once its process runs.</summary>
    public static CustomResourceSnapshot DescribeRun(
        IResource resource, int index, LaunchRequest request, int processId, CustomResourceSnapshot snapshot) => snapshot with
        {
            Properties = [
                .. Properties(resource),
                new ResourcePropertySnapshot(ProcessId, processId),
                .. request.Arguments.Count == 0 ? ImmutableArray<ResourcePropertySnapshot>.Empty
                    : [new ResourcePropertySnapshot(ExecutableArguments, string.Join(' ', request.Arguments))],
            ],
            Urls = [.. resource.Annotations.OfType<EndpointAnnotation>().SelectMany(e => Urls(resource, e, index))],
            EnvironmentVariables = [.. request.Environment.OrderBy(v => v.Key, StringComparer.Ordinal)
                .Select(v => new EnvironmentVariableSnapshot(v.Key, v.Value, IsFromSpec: true)
                {
                    IsSecret = request.Secrets.Contains(v.Key),
                })],
        };

    /// <summary>Where a proxy stands before replicas: its address, and beside it the replica's own.</summary>
    private static IEnumerable<UrlSnapshot> Urls(IResource resource, EndpointAnnotation endpoint, int index)
    {
        var own = endpoint.Replicas[index].UriString;
        var shown = new ResourceUrlAnnotation
        {
            Url = endpoint.IsBalanced ? endpoint.AllocatedEndpoint!.UriString : own,
            Endpoint = resource is IResourceWithEndpoints owner ? owner.GetEndpoint(endpoint.Name) : null,
        };
        foreach (var callback in resource.Annotations.OfType<EndpointUrlCallback>().Where(c => c.EndpointName == endpoint.Name))
            callback.Change(shown);
        yield return new UrlSnapshot(endpoint.Name, shown.Url, IsInternal: false)
        {
            DisplayProperties = new UrlDisplayPropertiesSnapshot(shown.DisplayText ?? string.Empty),
        };
        if (endpoint.IsBalanced)
            yield return new UrlSnapshot($"{endpoint.Name} target port", own, IsInternal: true);
    }

    private static IEnumerable<ResourcePropertySnapshot> Properties(IResource resource)
    {
        if (resource.TryGetLastAnnotation<IProjectMetadata>(out var project))
            yield return new ResourcePropertySnapshot(ProjectPath, project.ProjectPath);
        if (resource is ExecutableResource executable)
        {
            yield return new ResourcePropertySnapshot(ExecutablePath, executable.Command);
            yield return new ResourcePropertySnapshot(ExecutableWorkingDirectory, executable.WorkingDirectory);
        }

        if (resource.TryGetLastAnnotation<ContainerImageAnnotation>(out var image))
            yield return new ResourcePropertySnapshot(ContainerImage, $"{image.Image}:{image.Tag}");
    }
}
