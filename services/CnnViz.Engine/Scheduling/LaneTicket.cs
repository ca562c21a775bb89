namespace CnnViz.Engine.Scheduling;

/// <summary>
/// One run's or request's place in a <see cref="LaneScheduler"/>. Turns go round over tickets, whatever number of units each has
/// waiting. Dispose when the last unit has ended.
/// </summary>
public sealed class LaneTicket : IDisposable
{
    private Action<LaneTicket>? _leave;

    internal LaneTicket(DateTimeOffset? deadline, Action<LaneTicket> leave) => (Deadline, _leave) = (deadline, leave);

    /// <summary>Units that have not begun by then are dropped; null for never.</summary>
    public DateTimeOffset? Deadline { get; }

    /// <summary>Units waiting, in the order of their arrival. The queue that it is in guards it.</summary>
    internal LinkedList<LaneUnit> Waiting { get; } = new();

    /// <summary>Turns taken, counted from where the others were when it had nothing to do.</summary>
    internal long Turns { get; set; }

    /// <summary>When it had its last turn, or got something to do; the smallest goes first among equals.</summary>
    internal long Order { get; set; }

    /// <summary>Mean lane seconds of its units; null before the first has ended. The scheduler guards it.</summary>
    internal double? MeanSeconds { get; set; }

    internal bool Left => Volatile.Read(ref _leave) is null;

    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke(this);
}
