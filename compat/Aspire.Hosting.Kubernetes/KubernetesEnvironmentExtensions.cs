using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Kubernetes;

namespace Aspire.Hosting;

/// <summary>Declares Kubernetes as a place to deploy to.</summary>
public static class KubernetesEnvironmentExtensions
{
    /// <summary>Declares it; a run has nothing of it, and publishing needs the real package (README.md).</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the environment.</param>
    public static IResourceBuilder<KubernetesEnvironmentResource> AddKubernetesEnvironment(
        this IDistributedApplicationBuilder builder, string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.CreateResourceBuilder(new KubernetesEnvironmentResource(name));
    }
}
