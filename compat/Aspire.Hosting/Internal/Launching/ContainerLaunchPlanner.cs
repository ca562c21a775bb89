using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal.Processes;

namespace Aspire.Hosting.Internal.Launching;

/// <summary>
/// Containers run in the Docker engine. One that has a program to take its place runs there only if the engine has its image,
/// else as that program; and if that is not installed either, the resource is absent.
/// </summary>
internal sealed class ContainerLaunchPlanner(ContainerEngine engine, ExecutablePath path) : ILaunchPlanner
{
    public async ValueTask<LaunchPlan?> TryPlanAsync(IResource resource, CancellationToken cancellationToken)
    {
        if (resource is not ContainerResource container)
            return null;
        var image = ImageName(container);
        var docker = await engine.FindAsync(cancellationToken).ConfigureAwait(false);
        if (!container.TryGetLastAnnotation<LocalServerAnnotation>(out var local))
        {
            return docker is not null
                ? Container(docker, image, container)
                : throw new DistributedApplicationException(
                    $"Resource '{resource.Name}' needs a Docker engine, and none answers.");
        }

        if (docker is not null && await ContainerEngine.HasImageAsync(docker, image, cancellationToken).ConfigureAwait(false))
            return Container(docker, image, container);
        return path.Find(local.Command) is { } program
            ? LocalServer(program, local)
            : new LaunchPlan.Absent($"no Docker engine has the image {image} and {local.Command} is not installed");
    }

    private static LaunchPlan.Run LocalServer(string program, LocalServerAnnotation local)
        => new(async (request, token) => new ProcessSpec(program, local.Arguments, Path.GetTempPath())
        {
            Environment = request.Environment,
            StandardInput = await local.GetInputAsync(token).ConfigureAwait(false),
        });

    private static LaunchPlan.Run Container(string docker, string image, ContainerResource container)
    {
        var name = $"{container.Name}-{Guid.NewGuid():N}"[..Math.Min(63, container.Name.Length + 9)];
        return new LaunchPlan.Run(async (request, token) =>
        {
            var input = container.TryGetLastAnnotation<ContainerInputAnnotation>(out var annotation)
                ? await annotation.GetAsync(token).ConfigureAwait(false)
                : null;
            return new ProcessSpec(docker, Arguments(name, image, container, request, input is not null), Path.GetTempPath())
            {
                // Values go by the client's environment: on its command line anyone could read them.
                Environment = request.Environment,
                StandardInput = input,
            };
        })
        {
            ListensOnHost = false,
            // --rm does it, unless the client was killed before the container ended.
            CleanUpAsync = () => ContainerEngine.RemoveAsync(docker, name),
        };
    }

    private static List<string> Arguments(
        string name, string image, ContainerResource container, LaunchRequest request, bool interactive)
    {
        List<string> arguments = ["run", "--rm", "--name", name];
        if (interactive)
            arguments.Add("--interactive");
        if (container.Entrypoint is { } entrypoint)
            arguments.AddRange(["--entrypoint", entrypoint]);
        foreach (var endpoint in container.Annotations.OfType<EndpointAnnotation>())
        {
            var host = endpoint.AllocatedEndpoint!;
            arguments.AddRange(
                ["--publish", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{host.Port}:{endpoint.TargetPort ?? host.Port}")]);
        }

        foreach (var variable in request.Environment.Keys)
            arguments.AddRange(["--env", variable]);
        arguments.Add(image);
        arguments.AddRange(request.Arguments);
        return arguments;
    }

    private static string ImageName(ContainerResource container)
    {
        if (!container.TryGetLastAnnotation<ContainerImageAnnotation>(out var image))
            throw new DistributedApplicationException($"The container resource '{container.Name}' has no image.");
        var repository = image.Registry is null ? image.Image : $"{image.Registry}/{image.Image}";
        return $"{repository}:{image.Tag ?? "latest"}";
    }
}
