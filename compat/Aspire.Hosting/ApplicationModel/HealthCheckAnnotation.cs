namespace Aspire.Hosting.ApplicationModel;

/// <summary>Names a registered health check that tells whether the resource is healthy.</summary>
public class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    /// <summary>Name of the registration among the application's health checks.</summary>
    public string Key { get; } = key;
}
