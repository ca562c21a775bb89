using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal.Processes;

namespace Aspire.Hosting.Internal.Launching;

/// <summary>How a resource will run on this machine.</summary>
internal abstract record LaunchPlan
{
    /// <summary>Nothing here can run it, and the application works without it.</summary>
    public sealed record Absent(string Reason) : LaunchPlan;

    /// <summary>As processes.</summary>
    /// <param name="ResolveAsync">
    /// Says what to start, when ports are known: gets the arguments and variables that annotations ask for.
    /// </param>
    public sealed record Run(Func<LaunchRequest, CancellationToken, ValueTask<ProcessSpec>> ResolveAsync) : LaunchPlan
    {
        /// <summary>
        /// Whether the processes of replicas each listen on their own port of this machine, rather than inside a container.
        /// </summary>
        public bool ListensOnHost { get; init; } = true;

        /// <summary>Runs after the process ended, whatever the reason.</summary>
        public Func<Task>? CleanUpAsync { get; init; }
    }
}

/// <summary>One process to start.</summary>
internal sealed record LaunchRequest(
    IResource Resource, int ReplicaIndex, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Names of the variables whose values came from something secret.</summary>
    public IReadOnlySet<string> Secrets { get; init; } = new HashSet<string>();
}

/// <summary>Knows how resources of one kind run.</summary>
internal interface ILaunchPlanner
{
    /// <summary>The plan, or null when the resource is of another kind.</summary>
    ValueTask<LaunchPlan?> TryPlanAsync(IResource resource, CancellationToken cancellationToken);
}
