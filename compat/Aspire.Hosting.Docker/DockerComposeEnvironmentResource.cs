using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Docker;

/// <summary>Where the application can be deployed: Docker Compose.</summary>
public class DockerComposeEnvironmentResource(string name) : Resource(name);
