using System.Diagnostics;
using CnnViz.Engine.Maximization;
using CnnViz.V1;

namespace CnnViz.Inference.Runs;

/// <summary>A run that this process computes or has computed. Safe for concurrent use.</summary>
internal sealed class LocalRun(MaximizationRun about, MaximizeFilterRequest request, RunLog log) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, (GroupCheckpoint State, ulong After)> _checkpoints = [];
    private readonly CancellationTokenSource _stop = new();
    private long _endedUnixMs;
    private ulong _written = ulong.MaxValue;

    public string Id => about.RunId;

    /// <summary>What another replica needs to go on with it.</summary>
    public MaximizeFilterRequest Request => request;

    public RunLog Log => log;

    /// <summary>Of its computation here; null while nobody listens.</summary>
    public Activity? Span { get; init; }

    /// <summary>Names this process's hold on the run; no other ever has it.</summary>
    public string Token { get; init; } = Guid.NewGuid().ToString("N");

    /// <summary>Fires when the run is to end.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Whether someone asked the run to end.</summary>
    public bool Cancelled { get; private set; }

    /// <summary>Whether another replica has the run now.</summary>
    public bool Lost { get; private set; }

    /// <summary>Whether another replica is to go on, since this one stops.</summary>
    public bool HandedOver { get; private set; }

    /// <summary>Whether the process has forgotten it.</summary>
    public bool Evicted { get; set; }

    /// <summary>Whether it ends with its caller's call, in which all that comes of it is delivered.</summary>
    public bool Attached { get; init; }

    /// <summary>
    /// Sequence of the last event that Redis has and another replica would go on from; all events where there is no Redis to wait
    /// for.
    /// </summary>
    public ulong Written
    {
        get => Interlocked.Read(ref _written);
        set
        {
            Interlocked.Exchange(ref _written, value);
            log.Wake();
        }
    }

    /// <summary>The run as it stands.</summary>
    public MaximizationRun Describe()
    {
        var run = about.Clone();
        run.LastSequence = log.Last;
        if (log.End is { } end)
        {
            (run.State, run.StatusCode, run.StatusMessage) = (end.State, (int)end.Code, end.Message);
            run.EndedUnixMs = Interlocked.Read(ref _endedUnixMs);
        }

        return run;
    }

    /// <summary>Keeps a group's state until it is written, which must not be before the events that led to it are.</summary>
    public void Keep(GroupCheckpoint state)
    {
        lock (_gate)
        {
            _checkpoints[state.Group] = (state, log.Last);
        }

        log.Wake();
    }

    /// <summary>A state whose events are written; null where there is none.</summary>
    /// <param name="written">Sequence of the last event that is.</param>
    public GroupCheckpoint? TakeCheckpoint(ulong written)
    {
        lock (_gate)
        {
            foreach (var (group, (state, after)) in _checkpoints)
            {
                if (after <= written)
                {
                    _checkpoints.Remove(group);
                    return state;
                }
            }

            return null;
        }
    }

    /// <summary>Ends the run for good.</summary>
    public void Close(RunEnd end, DateTimeOffset now)
    {
        Interlocked.Exchange(ref _endedUnixMs, now.ToUnixTimeMilliseconds());
        log.Close(end);
    }

    public void Cancel()
    {
        Cancelled = true;
        _stop.Cancel();
    }

    public void Lose()
    {
        Lost = true;
        if (!Attached)
        {
            _stop.Cancel();
        }

        log.Wake();
    }

    public void HandOver()
    {
        HandedOver = true;
        log.Wake();
    }

    public void Dispose() => _stop.Dispose();
}
