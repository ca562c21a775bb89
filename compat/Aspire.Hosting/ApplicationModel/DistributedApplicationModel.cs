namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resources of a built application.</summary>
public class DistributedApplicationModel(IResourceCollection resources)
{
    /// <summary>All of them, in the order they were added.</summary>
    public IResourceCollection Resources { get; } = resources;
}
