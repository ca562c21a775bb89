namespace Aspire.Hosting.ApplicationModel;

/// <summary>A relation to another resource, such as "Reference" or "WaitFor".</summary>
public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    /// <summary>The other resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>Kind of relation.</summary>
    public string Type { get; } = type;
}
