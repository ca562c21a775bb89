using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace CnnViz.Cache.Flights;

/// <summary>
/// One computation that several callers follow. What it emits is recorded, so that a caller who comes later hears everything from
/// the beginning; each caller reads at its own pace. It ends when its work ends, or when nobody follows it any more. Once more
/// than a limit has been emitted, nobody new may follow, what everyone has heard is forgotten, and the computation waits for the
/// slowest follower.
/// </summary>
/// <param name="mostRecorded">Bytes recorded before that happens.</param>
/// <param name="window">Bytes that may then lie between the computation and its slowest follower.</param>
internal sealed class Flight<T>(long mostRecorded, long window) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<(T Frame, long Bytes)> _frames = [];
    private readonly List<Follower> _followers = [];
    private readonly CancellationTokenSource _abandoned = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _first;
    private bool _whole = true;
    private bool _ended;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Fires when nobody follows any more.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Bytes recorded now.</summary>
    public long Bytes { get; private set; }

    /// <summary>All that was emitted, if it was recorded from the beginning; else null.</summary>
    public IReadOnlyList<T>? Recorded
    {
        get
        {
            lock (_gate)
            {
                return _whole ? [.. _frames.Select(frame => frame.Frame)] : null;
            }
        }
    }

    /// <summary>A place to follow from the beginning; null when it is too late.</summary>
    public Follower? Join()
    {
        lock (_gate)
        {
            if (!_whole || _failure is not null || _abandoned.IsCancellationRequested)
            {
                return null;
            }

            var follower = new Follower(this);
            _followers.Add(follower);
            return follower;
        }
    }

    /// <summary>Adds what was computed next.</summary>
    public async ValueTask EmitAsync(T frame, long bytes)
    {
        lock (_gate)
        {
            _frames.Add((frame, bytes));
            Bytes += bytes;
            _whole &= Bytes <= mostRecorded;
            Pulse();
        }

        while (Behind() is { } change)
        {
            await change.WaitAsync(Abandoned).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the stream; with a failure, every follower gets it once it has heard the rest.</summary>
    public void End(Exception? failure = null)
    {
        lock (_gate)
        {
            _ended = true;
            _failure = failure is null ? null : ExceptionDispatchInfo.Capture(failure);
            Pulse();
        }
    }

    public void Dispose() => _abandoned.Dispose();

    /// <summary>What to wait for while the slowest follower is too far behind; null when it is not.</summary>
    private Task? Behind()
    {
        lock (_gate)
        {
            if (_whole)
            {
                return null;
            }

            Forget();
            return Bytes > window && _followers.Count > 0 ? _changed.Task : null;
        }
    }

    private void Forget()
    {
        var heard = _followers.Count == 0 ? _first + _frames.Count : _followers.Min(follower => follower.Position);
        var count = heard - _first;
        for (var i = 0; i < count; i++)
        {
            Bytes -= _frames[i].Bytes;
        }

        _frames.RemoveRange(0, count);
        _first = heard;
    }

    private void Pulse()
    {
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private void Leave(Follower follower)
    {
        bool last;
        lock (_gate)
        {
            last = _followers.Remove(follower) && _followers.Count == 0;
            Pulse();
        }

        if (last && !_ended)
        {
            _abandoned.Cancel();
        }
        else if (last)
        {
            Dispose();
        }
    }

    /// <summary>One caller's place in the stream; dispose to leave.</summary>
    internal sealed class Follower(Flight<T> flight) : IDisposable
    {
        internal int Position { get; private set; } = flight._first;

        /// <summary>Everything from the beginning to the end, as it comes, and whether the next has come too.</summary>
        public async IAsyncEnumerable<(T Frame, bool More)> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Next(out var frame, out var more, out var change))
                {
                    yield return (frame, more);
                }
                else if (change is null)
                {
                    yield break;
                }
                else
                {
                    await change.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }

        public void Dispose() => flight.Leave(this);

        private bool Next(out T frame, out bool more, out Task? change)
        {
            lock (flight._gate)
            {
                (frame, more, change) = (default!, false, null);
                var index = Position - flight._first;
                if (index < flight._frames.Count)
                {
                    frame = flight._frames[index].Frame;
                    more = index + 1 < flight._frames.Count;
                    Position++;
                    if (!flight._whole)
                    {
                        // The computation may be waiting for this.
                        flight.Pulse();
                    }

                    return true;
                }

                flight._failure?.Throw();
                change = flight._ended ? null : flight._changed.Task;
                return false;
            }
        }
    }
}
