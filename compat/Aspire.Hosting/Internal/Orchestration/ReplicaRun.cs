using Aspire.Hosting.Internal.Processes;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>One time that a replica runs, from waiting for what it depends on to the end of its process.</summary>
internal sealed class ReplicaRun(CancellationToken stopping)
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cancelled = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private TaskCompletionSource _skipWait = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SupervisedProcess? _process;
    private bool _stopRequested;

    /// <summary>Cancelled when the application stops.</summary>
    public CancellationToken Stopping => stopping;

    /// <summary>Cancelled when the run was told to stop or the application stops: nothing more is started then.</summary>
    public CancellationToken Cancelled => _cancelled.Token;

    /// <summary>Ends when somebody wants the process started without waiting any longer.</summary>
    public Task WaitSkipped
    {
        get
        {
            lock (_lock)
                return _skipWait.Task;
        }
    }

    /// <summary>Ends when the process runs, or never will in this run.</summary>
    public Task Settled => _settled.Task;

    /// <summary>Ends when the run is over.</summary>
    public Task Completion { get; set; } = Task.CompletedTask;

    /// <summary>Whether it was told to stop.</summary>
    public bool StopRequested
    {
        get
        {
            lock (_lock)
                return _stopRequested;
        }
    }

    /// <summary>Sets the process that was just started.</summary>
    /// <returns>False when the run was told to stop meanwhile: then the process must be stopped too.</returns>
    public bool Set(SupervisedProcess process)
    {
        lock (_lock)
        {
            _process = process;
            return !_stopRequested;
        }
    }

    /// <summary>From now on nothing more is to be started.</summary>
    /// <returns>The process to stop, if there is one.</returns>
    public async Task<SupervisedProcess?> RequestStopAsync()
    {
        SupervisedProcess? process;
        lock (_lock)
        {
            _stopRequested = true;
            process = _process;
        }

        await _cancelled.CancelAsync().ConfigureAwait(false);
        return process;
    }

    /// <summary>Starts the process now, whatever it waits for.</summary>
    public void SkipWait()
    {
        lock (_lock)
            _skipWait.TrySetResult();
    }

    /// <summary>Another wait begins, which nobody has cut short yet.</summary>
    public void WaitAgain()
    {
        lock (_lock)
            _skipWait = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The process runs, or never will in this run.</summary>
    public void Settle() => _settled.TrySetResult();
}
