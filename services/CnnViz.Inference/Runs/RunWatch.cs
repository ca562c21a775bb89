using System.Runtime.CompilerServices;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace CnnViz.Inference.Runs;

/// <summary>
/// A run's events for one watcher, wherever the run is: in this process, in Redis, or first here and then there. However often that
/// changes, each event comes once and in order.
/// </summary>
internal sealed class RunWatch(RunHub hub, IOptions<RunOptions> options, TimeProvider time)
{
    private const long LocalBytes = 1024 * 1024;
    private const int EventsAtOnce = 32;

    // A Redis that has come back empty is told of a run again by the replica that has it, as soon as that is connected again.
    private static readonly TimeSpan _untilToldAgain = TimeSpan.FromSeconds(15);

    /// <summary>Follows a run to its end.</summary>
    /// <param name="id">The run.</param>
    /// <param name="from">The first event wanted, from 1.</param>
    /// <param name="cancellation">The watcher's.</param>
    /// <exception cref="RpcException">There is no such run or event, or how the run ended.</exception>
    public async IAsyncEnumerable<MaximizationEvent> FollowAsync(
        string id, ulong from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var heard = new SemaphoreSlim(0);
        IAsyncDisposable? listening = null;
        try
        {
            var hidden = new Waiting(TimeSpan.FromMilliseconds(options.Value.BudgetMilliseconds), time);
            var missing = new Waiting(_untilToldAgain, time);
            var known = from > 1;
            for (var next = from; ;)
            {
                var look = hub.Find(id) is { } run ? Local(run, next, hidden) : null;
                if (look is null)
                {
                    listening ??= await TryListenAsync(id, heard).ConfigureAwait(false);
                    look = await SharedAsync(id, next, heard, cancellation).ConfigureAwait(false);
                }

                if (look is null)
                {
                    // Who has seen it waits for it.
                    look = known && missing.Left() is not null ? new Look([], null, Pause(cancellation)) : throw Unknown(id);
                }
                else
                {
                    missing.Stop();
                    known = true;
                }

                foreach (var message in look.Events)
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (message.Sequence != next)
                    {
                        throw Gone(id, next);
                    }

                    yield return message;
                    next++;
                }

                if (look.Events.Count == 0 && look.End is { } end)
                {
                    end.ThrowIfNotWell();
                    yield break;
                }

                if (look.Events.Count == 0)
                {
                    await look.News.WaitAsync(cancellation).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            if (listening is not null)
            {
                await listening.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>NOT_FOUND for a run.</summary>
    public static RpcException Unknown(string id) => RpcErrors.NotFound(
        "UNKNOWN_RUN", "there is no such run, or it is kept no longer", ("run_id", id));

    private static RpcException Gone(string id, ulong sequence) =>
        new(new Status(StatusCode.OutOfRange, $"event {sequence} of run {id} is kept no longer"));

    /// <summary>
    /// What this process has; null where that must be looked for in Redis. What Redis does not have yet is shown only when that
    /// takes too long: if this replica died now, the one that goes on might tell of its groups' steps in another order.
    /// </summary>
    private Look? Local(LocalRun run, ulong next, Waiting hidden)
    {
        var written = run.Written;
        var reading = run.Log.Read(next, LocalBytes);
        if (reading.Events is not { } events)
        {
            return hub.Redis is null ? throw Gone(run.Id, next) : null;
        }

        var safe = written >= next ? (int)Math.Min(written - next + 1, (ulong)events.Count) : 0;
        if (safe > 0 || events.Count == 0)
        {
            hidden.Stop();
            return new Look(events.Count == 0 ? events : [.. events.Take(safe)], reading.End, reading.News);
        }

        return hidden.Left() is { } left
            ? new Look([], null, Task.WhenAny(reading.News, Task.Delay(left, time)))
            : new Look(events, reading.End, reading.News);
    }

    /// <summary>What Redis has; null where it knows of no such run.</summary>
    private async Task<Look?> SharedAsync(string id, ulong next, SemaphoreSlim heard, CancellationToken cancellation)
    {
        var redis = hub.Redis ?? throw Unknown(id);
        try
        {
            // First how it stands, then the events: where it has ended, these are all.
            while (heard.Wait(0, cancellation))
            {
            }

            if (await redis.FindAsync(id).ConfigureAwait(false) is not { } about)
            {
                return null;
            }

            var events = await redis.ReadAsync(id, next, EventsAtOnce).ConfigureAwait(false);
            return new Look(events, RunEnd.Of(about), News(heard, cancellation));
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // A pause for the watcher, no error.
            return new Look([], null, Pause(cancellation));
        }
    }

    private Task Pause(CancellationToken cancellation) => Task.Delay(options.Value.RenewInterval, time, cancellation);

    /// <summary>Ends when Redis tells of news; after a while also without, since such messages may be lost.</summary>
    private Task News(SemaphoreSlim heard, CancellationToken cancellation) =>
        heard.WaitAsync(options.Value.RenewInterval, cancellation);

    private async Task<IAsyncDisposable?> TryListenAsync(string id, SemaphoreSlim heard)
    {
        try
        {
            return hub.Redis is null ? null : await hub.Redis.ListenAsync(id, () => Release(heard)).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return null;
        }

        static void Release(SemaphoreSlim heard)
        {
            try
            {
                heard.Release();
            }
            catch (ObjectDisposedException)
            {
                // The watcher has left.
            }
        }
    }

    /// <summary>How long something has been waited for.</summary>
    private sealed class Waiting(TimeSpan atMost, TimeProvider time)
    {
        private long? _since;

        public void Stop() => _since = null;

        /// <summary>Time left; null when it is over.</summary>
        public TimeSpan? Left()
        {
            _since ??= time.GetTimestamp();
            var left = atMost - time.GetElapsedTime(_since.Value);
            return left > TimeSpan.Zero ? left : null;
        }
    }

    private sealed record Look(IReadOnlyList<MaximizationEvent> Events, RunEnd? End, Task News);
}
