using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>An order in which each resource comes after those that it waits for or refers to; stopping goes backwards.</summary>
internal static class StartOrder
{
    /// <exception cref="DistributedApplicationException">Resources wait for each other.</exception>
    public static IReadOnlyList<IResource> Of(IEnumerable<IResource> resources)
    {
        var order = new List<IResource>();
        var visited = new HashSet<IResource>();
        foreach (var resource in resources)
            Visit(resource, visited, order);
        return order;
    }

    private static void Visit(IResource resource, HashSet<IResource> visited, List<IResource> order)
    {
        if (!visited.Add(resource))
            return;
        foreach (var wait in resource.Annotations.OfType<WaitAnnotation>())
        {
            ThrowOnWaitCycle(wait.Resource, [resource]);
            Visit(wait.Resource, visited, order);
        }

        // Two resources may refer to each other; then the order between them is the one found first.
        foreach (var relation in resource.Annotations.OfType<ResourceRelationshipAnnotation>())
            Visit(relation.Resource, visited, order);
        order.Add(resource);
    }

    private static void ThrowOnWaitCycle(IResource resource, List<IResource> path)
    {
        if (path.Contains(resource))
            throw new DistributedApplicationException(
                $"Resources wait for each other: {string.Join(" -> ", path.Append(resource).Select(r => r.Name))}.");
        path.Add(resource);
        foreach (var wait in resource.Annotations.OfType<WaitAnnotation>())
            ThrowOnWaitCycle(wait.Resource, path);
        path.RemoveAt(path.Count - 1);
    }
}
