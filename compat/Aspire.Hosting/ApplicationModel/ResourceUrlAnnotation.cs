namespace Aspire.Hosting.ApplicationModel;

/// <summary>An address of a resource as people see it.</summary>
public sealed class ResourceUrlAnnotation : IResourceAnnotation
{
    /// <summary>The address.</summary>
    public required string Url { get; set; }

    /// <summary>Shown for it; the endpoint's name when null.</summary>
    public string? DisplayText { get; set; }

    /// <summary>The endpoint that it is the address of.</summary>
    public EndpointReference? Endpoint { get; init; }
}

/// <summary>Changes what is shown for an endpoint.</summary>
internal sealed record EndpointUrlCallback(string EndpointName, Action<ResourceUrlAnnotation> Change) : IResourceAnnotation;
