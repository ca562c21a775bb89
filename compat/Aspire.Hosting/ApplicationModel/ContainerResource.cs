namespace Aspire.Hosting.ApplicationModel;

/// <summary>A container run by a container engine.</summary>
public class ContainerResource(string name, string? entrypoint = null)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    /// <summary>Overrides the image's entry point.</summary>
    public string? Entrypoint { get; set; } = entrypoint;
}

/// <summary>Which image a container runs.</summary>
public sealed class ContainerImageAnnotation : IResourceAnnotation
{
    /// <summary>Registry host, or null for the engine's default.</summary>
    public string? Registry { get; set; }

    /// <summary>Repository, such as library/redis.</summary>
    public required string Image { get; set; }

    /// <summary>Tag; "latest" when null.</summary>
    public string? Tag { get; set; }
}
