using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>One of a resource's processes, which may be started and stopped many times.</summary>
internal sealed class Replica(IResource resource, int index) : IDisposable
{
    private readonly Lock _lock = new();
    private ReplicaRun? _run;

    /// <summary>From 0.</summary>
    public int Index { get; } = index;

    /// <summary>The resource's name and a random suffix.</summary>
    public string Id { get; } = $"{resource.Name}-{Guid.NewGuid().ToString("N")[..8]}";

    /// <summary>Held while a command is done: one at a time.</summary>
    public SemaphoreSlim Gate { get; } = new(1);

    /// <summary>The run under way, if any.</summary>
    public ReplicaRun? Run
    {
        get
        {
            lock (_lock)
                return _run;
        }
    }

    /// <summary>Begins a run.</summary>
    /// <returns>Null when one is under way.</returns>
    public ReplicaRun? TryBegin(CancellationToken stopping)
    {
        lock (_lock)
        {
            if (_run is not null)
                return null;
            return _run = new ReplicaRun(stopping);
        }
    }

    /// <summary>The run has ended.</summary>
    public void End()
    {
        lock (_lock)
            _run = null;
    }

    public void Dispose() => Gate.Dispose();
}
