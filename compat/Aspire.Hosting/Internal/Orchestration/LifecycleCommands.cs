using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>The commands that every resource with processes has: start, stop, restart.</summary>
internal static class LifecycleCommands
{
    /// <summary>Adds them.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="orchestrator">Does them.</param>
    public static void Add(IResource resource, Orchestrator orchestrator)
    {
        Add(
            resource, KnownResourceCommands.StartCommand, "Start", "Play", "Starts the process", StartState,
            orchestrator.StartReplicaAsync);
        Add(
            resource, KnownResourceCommands.StopCommand, "Stop", "Stop", "Ends the process", StopState,
            orchestrator.StopReplicaAsync);
        Add(
            resource, KnownResourceCommands.RestartCommand, "Restart", "ArrowCounterclockwise",
            "Ends the process and starts it again",
            RestartState, orchestrator.RestartReplicaAsync);
    }

    private static void Add(
        IResource resource,
        string name,
        string displayName,
        string icon,
        string description,
        Func<string?, ResourceCommandState> state,
        Func<string, CancellationToken, Task> execute)
    {
        if (resource.Annotations.OfType<ResourceCommandAnnotation>().Any(c => c.Name == name))
            return;
        resource.Annotations.Add(new ResourceCommandAnnotation(
            name,
            displayName,
            context => state(context.ResourceSnapshot.State?.Text),
            async context =>
            {
                await execute(context.ResourceName, context.CancellationToken).ConfigureAwait(false);
                return CommandResults.Success();
            },
            description,
            parameter: null,
            confirmationMessage: null,
            icon,
            IconVariant.Filled,
            isHighlighted: true));
    }

    /// <summary>Also while it waits, for others or before a restart: then it waits no longer.</summary>
    private static ResourceCommandState StartState(string? state)
        => IsStopped(state) || state == KnownResourceStates.Waiting || state == StandInResourceStates.Restarting
            ? ResourceCommandState.Enabled
            : state == KnownResourceStates.Starting ? ResourceCommandState.Disabled
            : ResourceCommandState.Hidden;

    private static ResourceCommandState StopState(string? state)
        => state == KnownResourceStates.Stopping ? ResourceCommandState.Disabled
            : state == KnownResourceStates.Running || state == StandInResourceStates.Restarting
                ? ResourceCommandState.Enabled
            : ResourceCommandState.Hidden;

    private static ResourceCommandState RestartState(string? state)
        => state == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    private static bool IsStopped(string? state)
        => state is null || state == KnownResourceStates.NotStarted || KnownResourceStates.TerminalStates.Contains(state);
}
