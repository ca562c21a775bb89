using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal;

/// <summary>What people call a process: its resource's name, or the replica's where there are several.</summary>
internal static class ReplicaName
{
    public static string Of(IResource resource, string resourceId)
        => resource.GetReplicaCount() > 1 ? resourceId : resource.Name;
}
