namespace CnnViz.Engine.Scheduling;

/// <summary>A piece of work that is done in one go: an iteration, or a forward pass.</summary>
internal sealed class LaneUnit(
    LaneTicket ticket, bool wide, Action work, bool continueOnLane, CancellationToken cancellation)
{
    private readonly TaskCompletionSource _completion = new(
        continueOnLane ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

    public LaneTicket Ticket => ticket;

    /// <summary>Whether it takes all lanes.</summary>
    public bool Wide => wide;

    public CancellationToken Cancellation => cancellation;

    public Task Completion => _completion.Task;

    /// <summary>When it was put into the queue; a timestamp of the scheduler's clock.</summary>
    public long Queued { get; init; }

    /// <summary>Drops the unit while it waits.</summary>
    public CancellationTokenRegistration Registration { get; set; }

    /// <summary>Does the work, and what its caller does next where it asked for that.</summary>
    /// <param name="time">Measures it.</param>
    /// <returns>How long the work alone took.</returns>
    public TimeSpan Run(TimeProvider time)
    {
        Registration.Unregister();
        var began = time.GetTimestamp();
        try
        {
            work();
        }
#pragma warning disable CA1031 // Whatever it is, the caller's await rethrows it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var failedAfter = time.GetElapsedTime(began);
            _completion.SetException(exception);
            return failedAfter;
        }

        var took = time.GetElapsedTime(began);
        _completion.SetResult();
        return took;
    }

    /// <summary>Ends the unit without having run; what its caller does next never runs on the thread that calls this.</summary>
    public void Drop(OperationCanceledException why)
    {
        Registration.Unregister();
        ThreadPool.UnsafeQueueUserWorkItem(
            static state =>
            {
                if (state.Why is DeadlinePassedException)
                {
                    state.Completion.TrySetException(state.Why);
                }
                else
                {
                    state.Completion.TrySetCanceled(state.Why.CancellationToken);
                }
            },
            (Completion: _completion, Why: why),
            preferLocal: false);
    }
}
