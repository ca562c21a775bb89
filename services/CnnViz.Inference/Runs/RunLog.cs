using CnnViz.V1;
using Kind = CnnViz.V1.MaximizationEvent.EventOneofCase;

namespace CnnViz.Inference.Runs;

/// <summary>
/// The events of one run in the process, numbered without gaps. Over its bound the oldest go. Safe for concurrent use: one writes,
/// any number read.
/// </summary>
/// <param name="runId">The run.</param>
/// <param name="largestBytes">Most bytes kept.</param>
/// <param name="published">Sequence of the last event before the first that is written here.</param>
internal sealed class RunLog(string runId, long largestBytes, ulong published = 0)
{
    // What an event costs beside its bytes, about.
    private const int Overhead = 128;

    private readonly Lock _gate = new();
    private readonly List<(MaximizationEvent Event, int Bytes)> _events = [];
    private TaskCompletionSource _news = NewSignal();
    private ulong _last = published;

    /// <summary>Sequence of the last event; 0 before the first.</summary>
    public ulong Last
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    public long Bytes { get; private set; }

    /// <summary>How the run ended; null while it goes on.</summary>
    public RunEnd? End { get; private set; }

    /// <summary>Numbers the messages of one happening and adds them at once.</summary>
    public void Append(IReadOnlyList<MaximizationEvent> messages)
    {
        lock (_gate)
        {
            foreach (var message in messages)
            {
                (message.RunId, message.Sequence) = (runId, ++_last);
                var bytes = message.CalculateSize() + Overhead;
                _events.Add((message, bytes));
                Bytes += bytes;
            }

            if (Bytes > largestBytes)
            {
                Trim();
            }

            Signal();
        }
    }

    /// <summary>No event follows.</summary>
    public void Close(RunEnd end)
    {
        lock (_gate)
        {
            End ??= end;
            Signal();
        }
    }

    /// <summary>Wakes all readers, to look again where the run is.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            Signal();
        }
    }

    /// <summary>What there is from a sequence on.</summary>
    /// <param name="from">From 1.</param>
    /// <param name="most">Bytes after which to stop; what belongs to one happening is not cut.</param>
    public Reading Read(ulong from, long most = long.MaxValue)
    {
        lock (_gate)
        {
            var first = _last - (ulong)_events.Count + 1;
            if (from < first)
            {
                return new Reading(null, End, _news.Task);
            }

            var events = new List<MaximizationEvent>();
            long bytes = 0;
            for (var i = (int)(from - first); i < _events.Count; i++)
            {
                var (message, size) = _events[i];
                if (bytes >= most && message.EventCase is not (Kind.Chunk or Kind.Mask))
                {
                    break;
                }

                events.Add(message);
                bytes += size;
            }

            return new Reading(events, End, _news.Task);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Drops the oldest events, somewhat more than needed, so that it need not be done for each new one.</summary>
    private void Trim()
    {
        var count = 0;
        for (; Bytes > largestBytes / 8 * 7 && count < _events.Count - 1; count++)
        {
            Bytes -= _events[count].Bytes;
        }

        _events.RemoveRange(0, count);
    }

    private void Signal()
    {
        var old = _news;
        _news = NewSignal();
        old.SetResult();
    }

    /// <summary>A look into the log.</summary>
    /// <param name="Events">Null where the first one wanted is kept no longer.</param>
    /// <param name="End">How the run ended; null while it goes on.</param>
    /// <param name="News">Ends when there is more to see.</param>
    public readonly record struct Reading(IReadOnlyList<MaximizationEvent>? Events, RunEnd? End, Task News);
}
