using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Kubernetes;

/// <summary>Where the application can be deployed: Kubernetes.</summary>
public class KubernetesEnvironmentResource(string name) : Resource(name);
