using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal.Launching;
using Aspire.Hosting.Internal.Processes;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>A resource and the processes it has.</summary>
internal sealed class RunningResource(IResource resource, LaunchPlan plan)
{
    private readonly Lock _lock = new();
    private readonly List<SupervisedProcess> _processes = [];
    private bool _stopRequested;

    public IResource Resource { get; } = resource;

    public LaunchPlan Plan { get; } = plan;

    /// <summary>One for each replica: the resource's name and a random suffix.</summary>
    public IReadOnlyList<string> Ids { get; } =
        [.. Enumerable.Range(0, resource.GetReplicaCount()).Select(_ => $"{resource.Name}-{Guid.NewGuid().ToString("N")[..8]}")];

    /// <summary>Ends when nothing more happens to the resource.</summary>
    public Task Completion { get; set; } = Task.CompletedTask;

    public IReadOnlyList<SupervisedProcess> Processes
    {
        get
        {
            lock (_lock)
                return [.. _processes];
        }
    }

    /// <summary>Adds a process that was just started.</summary>
    /// <returns>False when the resource was told to stop meanwhile: then the process must be stopped too.</returns>
    public bool Add(SupervisedProcess process)
    {
        lock (_lock)
        {
            _processes.Add(process);
            return !_stopRequested;
        }
    }

    /// <summary>From now on nothing more is to be started.</summary>
    /// <returns>The processes to stop.</returns>
    public IReadOnlyList<SupervisedProcess> RequestStop()
    {
        lock (_lock)
        {
            _stopRequested = true;
            return [.. _processes];
        }
    }
}
