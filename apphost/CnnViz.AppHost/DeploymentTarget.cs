namespace CnnViz.AppHost;

/// <summary>The cluster that the same description is published for.</summary>
internal static class DeploymentTarget
{
    /// <summary>Declares the one that a setting names: "compose" (default) or "kubernetes".</summary>
    /// <exception cref="DistributedApplicationException">The setting says something else.</exception>
    public static void AddDeploymentTarget(this IDistributedApplicationBuilder builder, string setting)
    {
        switch (builder.Configuration[setting])
        {
            case null or "" or "compose":
                builder.AddDockerComposeEnvironment("compose");
                break;
            case "kubernetes":
                builder.AddKubernetesEnvironment("kubernetes");
                break;
            case var other:
                throw new DistributedApplicationException($"{setting} must be compose or kubernetes, not '{other}'.");
        }
    }
}
