using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Docker;

namespace Aspire.Hosting;

/// <summary>Declares Docker Compose as a place to deploy to.</summary>
public static class DockerComposeEnvironmentExtensions
{
    /// <summary>Declares it; a run has nothing of it, and publishing needs the real package (README.md).</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the environment.</param>
    public static IResourceBuilder<DockerComposeEnvironmentResource> AddDockerComposeEnvironment(
        this IDistributedApplicationBuilder builder, string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.CreateResourceBuilder(new DockerComposeEnvironmentResource(name));
    }
}
