using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>What a snapshot means for those who wait.</summary>
internal static class ResourceReadiness
{
    public static bool IsAbsent(CustomResourceSnapshot snapshot) => snapshot.State?.Text == StandInResourceStates.Absent;

    public static bool IsHealthy(CustomResourceSnapshot snapshot)
        => (snapshot.IsReady && !HasEnded(snapshot)) || IsAbsent(snapshot);

    public static bool IsStarted(CustomResourceSnapshot snapshot)
        => snapshot.State?.Text == KnownResourceStates.Running || IsAbsent(snapshot);

    public static bool HasEnded(CustomResourceSnapshot snapshot)
        => snapshot.State is { } state && KnownResourceStates.TerminalStates.Contains(state.Text);
}
