using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>Waits for what a resource's wait annotations ask, of all replicas of each resource waited for.</summary>
internal static class DependencyWait
{
    public static Task ForAllAsync(
        ResourceNotificationService notifications, IResource resource, CancellationToken cancellationToken)
        => Task.WhenAll(resource.Annotations.OfType<WaitAnnotation>()
            .Select(wait => ForOneAsync(notifications, wait, cancellationToken)));

    private static async Task ForOneAsync(
        ResourceNotificationService notifications, WaitAnnotation wait, CancellationToken cancellationToken)
    {
        var fulfilled = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        await notifications.WaitForResourceAsync(
            wait.Resource.Name,
            update =>
            {
                if (IsFulfilled(wait, update.Snapshot))
                    fulfilled.Add(update.ResourceId);
                else if (ResourceReadiness.HasEnded(update.Snapshot))
                    throw new DistributedApplicationException($"{ResourceFailure.Describe(update)}, and it is waited for.");
                // A resource that is absent has no replicas: its one state stands for all.
                return fulfilled.Count >= wait.Resource.GetReplicaCount() || ResourceReadiness.IsAbsent(update.Snapshot);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static bool IsFulfilled(WaitAnnotation wait, CustomResourceSnapshot snapshot) => wait.WaitType switch
    {
        WaitType.WaitUntilHealthy => ResourceReadiness.IsHealthy(snapshot),
        WaitType.WaitUntilStarted => ResourceReadiness.IsStarted(snapshot),
        WaitType.WaitForCompletion => ResourceReadiness.HasEnded(snapshot) && snapshot.ExitCode == wait.ExitCode,
        _ => throw new InvalidOperationException($"Unknown wait type {wait.WaitType}."),
    };
}
