using CnnViz.Engine.Numerics;
using CnnViz.Engine.Telemetry;

namespace CnnViz.Engine.Scheduling;

/// <summary>
/// Shares the processor's cores among runs and requests, unit by unit, where a unit is one iteration or one forward pass. Narrow
/// units run one per lane, each on a thread; a wide unit has all cores to itself and may use as many threads as there are lanes.
/// Turns go round over the tickets that have units waiting. Safe for concurrent use.
/// </summary>
/// <remarks>
/// The threads are the scheduler's own and live as long as it does, because OpenMP and native libraries keep thread counts and
/// thread pools per calling thread. Wide units always run on the same one.
/// </remarks>
public sealed class LaneScheduler : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TurnQueue _queue;
    private readonly Stack<Lane> _idle;
    private readonly Lane _wide;
    private readonly Lane[] _all;
    private readonly LaneSchedulerOptions _options;
    private readonly TimeProvider _time;
    private readonly EngineMetrics? _metrics;
    private readonly TurnTimes _times = new();
    private readonly List<LaneUnit> _running = [];
    private int _tickets;
    private bool _disposed;

    /// <param name="options">Lanes and limits; the defaults if null.</param>
    /// <param name="time">What deadlines are compared with; null for the system's clock.</param>
    /// <param name="metrics">Where waiting times and the scheduler's state are shown; null = nowhere.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public LaneScheduler(LaneSchedulerOptions? options = null, TimeProvider? time = null, EngineMetrics? metrics = null)
    {
        _options = options ?? new LaneSchedulerOptions();
        _time = time ?? TimeProvider.System;
        _metrics = metrics;
        ArgumentOutOfRangeException.ThrowIfNegative(_options.Lanes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_options.Lanes, LaneSchedulerOptions.MaxLanes);
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Tickets, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_options.RetryAfter, TimeSpan.Zero);
        Lanes = _options.Lanes > 0 ? _options.Lanes : PhysicalCores.Count();
        _queue = new TurnQueue(Lanes);
        _wide = new Lane("wide lane", Work);
        _idle = new Stack<Lane>(Enumerable.Range(0, Lanes > 1 ? Lanes : 0).Select(i => new Lane($"lane {i}", Work)));
        _all = [.. _idle, _wide];
        Array.ForEach(_all, lane => lane.Thread.UnsafeStart(lane));
        metrics?.Observe(this);
    }

    /// <summary>Narrow units that run at the same time, and the width of a wide one.</summary>
    public int Lanes { get; }

    /// <summary>Tickets given out and not yet back.</summary>
    public int ActiveTickets => Volatile.Read(ref _tickets);

    /// <summary>Units that wait for their turn.</summary>
    public int WaitingUnits
    {
        get
        {
            lock (_gate)
            {
                return _queue.Waiting;
            }
        }
    }

    /// <summary>Lanes at work; all of them while a wide unit runs.</summary>
    public int RunningLanes
    {
        get
        {
            lock (_gate)
            {
                return _queue.BusyLanes;
            }
        }
    }

    /// <summary>Most tickets at the same time.</summary>
    public int TicketLimit => _options.Tickets;

    /// <summary>
    /// About how long a newcomer waits for its first turn: one turn of everyone who waits now, and half of one of those whose turn
    /// it is, at the pace of their last ones. Zero while nothing has run yet.
    /// </summary>
    public TimeSpan EstimatedWait
    {
        get
        {
            lock (_gate)
            {
                return Wait();
            }
        }
    }

    /// <summary>Takes a place for a run or a request.</summary>
    /// <param name="deadline">When its units are no longer wanted; null for never.</param>
    /// <param name="neededBy">When its first unit must have begun for it to be of use; null for any time.</param>
    /// <exception cref="TicketLimitException">All places are taken.</exception>
    /// <exception cref="QueueTooLongException">Its first turn would come too late.</exception>
    public LaneTicket Enter(DateTimeOffset? deadline = null, DateTimeOffset? neededBy = null)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (neededBy is { } by && Wait() is var wait && wait > TimeSpan.Zero && _time.GetUtcNow() + wait >= by)
            {
                throw new QueueTooLongException(wait, wait > _options.RetryAfter ? wait : _options.RetryAfter);
            }

            if (_tickets >= _options.Tickets)
            {
                throw new TicketLimitException(_options.Tickets, _options.RetryAfter);
            }

            _tickets++;
            return new LaneTicket(deadline, _ => Interlocked.Decrement(ref _tickets));
        }
    }

    /// <summary>Does a unit of work when it is its ticket's turn.</summary>
    /// <param name="ticket">Whose unit it is; from this scheduler, not disposed.</param>
    /// <param name="width">1, or <see cref="Lanes"/> for all cores.</param>
    /// <param name="work">The work; must not wait for other units.</param>
    /// <param name="cancellationToken">Drops the unit if it has not begun.</param>
    /// <returns>
    /// Ends with the work, and with its exception; with an <see cref="OperationCanceledException"/> where the unit was dropped,
    /// a <see cref="DeadlinePassedException"/> where that was because of the ticket's deadline.
    /// </returns>
    public Task RunAsync(LaneTicket ticket, int width, Action work, CancellationToken cancellationToken = default) =>
        AddAsync(ticket, width, work, continueOnLane: false, cancellationToken);

    /// <summary>
    /// As <see cref="RunAsync"/>, but what follows an await (with ConfigureAwait(false)) goes on on the lane, before that takes
    /// another unit, until it waits for something: a loop that queues its next step there is in time for its turn. What goes on
    /// there must be short and must not block; Task.Yield leaves the lane.
    /// </summary>
    public Task StepAsync(LaneTicket ticket, int width, Action work, CancellationToken cancellationToken = default) =>
        AddAsync(ticket, width, work, continueOnLane: true, cancellationToken);

    /// <summary>Drops what waits, and returns when the running units have ended: on a lane, all but that lane's own.</summary>
    public void Dispose()
    {
        List<LaneUnit> waiting;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            waiting = _queue.Clear();
        }

        waiting.ForEach(unit => unit.Drop(new OperationCanceledException("the scheduler is disposed")));
        Array.ForEach(_all, lane => lane.Signal.Release());
        foreach (var lane in _all.Where(lane => lane.Thread != Thread.CurrentThread))
        {
            lane.Thread.Join();
        }
    }

    private Task AddAsync(
        LaneTicket ticket, int width, Action work, bool continueOnLane, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(ticket.Left, ticket);
        if (width != 1 && width != Lanes)
        {
            throw new ArgumentOutOfRangeException(nameof(width), width, $"must be 1 or {Lanes}");
        }

        var unit = new LaneUnit(ticket, width == Lanes, work, continueOnLane, cancellationToken)
        {
            Queued = _time.GetTimestamp(),
        };
        unit.Registration = cancellationToken.UnsafeRegister(_ => DropWaiting(unit), null);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (cancellationToken.IsCancellationRequested)
            {
                return Task.FromCanceled(cancellationToken);
            }

            _queue.Add(unit);

            // A lane looks for its next unit by itself, a moment from now; another one would have to be woken.
            if (!Array.Exists(_all, lane => lane.Thread == Thread.CurrentThread))
            {
                Dispatch();
            }
        }

        return unit.Completion;
    }

    /// <summary>As <see cref="EstimatedWait"/>. The caller holds the gate.</summary>
    private TimeSpan Wait() => TimeSpan.FromSeconds(
        (_queue.Ready.Sum(_times.Of) + (_running.Sum(unit => _times.Of(unit.Ticket)) / 2)) / Lanes);

    /// <summary>Gives idle lanes the units whose turn it is. The caller holds the gate.</summary>
    private void Dispatch()
    {
        while (_queue.TryTake() is { } unit)
        {
            if (WhyNot(unit) is { } why)
            {
                _queue.End(unit);
                unit.Drop(why);
                continue;
            }

            var lane = unit.Wide ? _wide : _idle.Pop();
            lane.Unit = unit;
            _running.Add(unit);
            lane.Signal.Release();
        }
    }

    /// <summary>Why a unit is not to begin any more.</summary>
    private OperationCanceledException? WhyNot(LaneUnit unit) => unit switch
    {
        { Cancellation.IsCancellationRequested: true } => new OperationCanceledException(unit.Cancellation),
        { Ticket.Deadline: { } deadline } when _time.GetUtcNow() >= deadline => new DeadlinePassedException(deadline),
        _ => null,
    };

    private void DropWaiting(LaneUnit unit)
    {
        lock (_gate)
        {
            if (!_queue.Remove(unit))
            {
                return;
            }

            // It may have been a wide one that kept others waiting.
            Dispatch();
        }

        unit.Drop(new OperationCanceledException(unit.Cancellation));
    }

    private void Work(Lane lane)
    {
        while (true)
        {
            lane.Signal.Wait();
            if (lane.Unit is not { } unit)
            {
                return;
            }

            lane.Unit = null;
            _metrics?.Waited(_time.GetElapsedTime(unit.Queued));
            var took = unit.Run(_time);
            lock (_gate)
            {
                _times.Add(unit.Ticket, unit.Wide ? Lanes : 1, took);
                _queue.End(unit);
                _running.Remove(unit);
                if (lane != _wide)
                {
                    _idle.Push(lane);
                }

                Dispatch();
            }
        }
    }

    private sealed class Lane
    {
        public Lane(string name, Action<Lane> work) =>
            Thread = new Thread(state => work((Lane)state!)) { Name = name, IsBackground = true };

        public Thread Thread { get; }

        public SemaphoreSlim Signal { get; } = new(0);

        /// <summary>What to do on the signal; nothing to do ends the thread.</summary>
        public LaneUnit? Unit { get; set; }
    }
}
