using System.Diagnostics;
using CnnViz.Cache.Addressing;
using CnnViz.Cache.Flights;
using CnnViz.Cache.Shared;
using CnnViz.Cache.Telemetry;
using CnnViz.Cache.Values;
using CnnViz.V1;
using Google.Protobuf;

namespace CnnViz.Cache;

/// <summary>
/// Answers of one streaming call, kept whole and replayed message by message: first from the process's memory, then from Redis.
/// What is not there is computed once, however many equal calls come at the same time, here or on other replicas; all of them
/// follow the one computation, and it stops when nobody follows it any more. Only answers that ended well are kept.
/// </summary>
/// <param name="cache">The levels.</param>
/// <param name="mark">
/// A message with the state where it is to carry one. Messages are shared between callers, so it must change a copy.
/// </param>
public sealed class ReplayCache<TMessage>(ResultCache cache, Func<TMessage, CacheState, TMessage> mark)
    where TMessage : class, IMessage<TMessage>, new()
{
    // What a message costs beside its bytes, about.
    private const int MessageOverhead = 128;
    private const long Window = 4 * 1024 * 1024;

    // A message as large as this fills packets of its own.
    private const int Large = 16 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<ContentAddress, Running> _running = [];

    /// <summary>Computes an answer: hands each message on, in order.</summary>
    public delegate Task Producer(Func<TMessage, ValueTask> emit, CancellationToken cancellationToken);

    /// <summary>Sends a message to a caller.</summary>
    /// <param name="message">The message.</param>
    /// <param name="more">Whether it may wait for the next, which follows at once.</param>
    public delegate Task Writer(TMessage message, bool more);

    /// <summary>One computation under way, and where its messages come from; known before the first.</summary>
    private sealed class Running(Flight<TMessage> flight)
    {
        public Flight<TMessage> Flight => flight;

        public CacheState Source { get; set; } = CacheState.Miss;

        /// <summary>The span of the call that began it.</summary>
        public ActivityContext Leader { get; } = Activity.Current?.Context ?? default;
    }

    /// <summary>Answers a call.</summary>
    /// <param name="address">Of the answer; null = neither look it up nor keep it, but compute it for this call.</param>
    /// <param name="produce">Computes it. It runs on its own: its token fires when no caller is left.</param>
    /// <param name="write">Sends a message to the caller.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task ServeAsync(
        ContentAddress? address, Producer produce, Writer write, CancellationToken cancellationToken)
    {
        if (address is not { } key)
        {
            try
            {
                await produce(
                    frame => new ValueTask(write(mark(frame, CacheState.Unspecified), more: false)),
                    cancellationToken).ConfigureAwait(false);
            }
            catch (CallerFailureException failure)
            {
                throw failure.Failure;
            }

            return;
        }

        var asked = DateTime.UtcNow;
        while (!await TryServeAsync(key, asked, produce, write, cancellationToken).ConfigureAwait(false))
        {
            // Whoever began has left for a reason of its own; someone else begins.
        }
    }

    /// <summary>False where what this caller joined ended for a reason of another caller.</summary>
    private async Task<bool> TryServeAsync(
        ContentAddress key, DateTime asked, Producer produce, Writer write, CancellationToken cancellationToken)
    {
        var (frames, place) = Board(key, produce);
        if (frames is not null)
        {
            Note(asked, CacheState.Memory, default);
            for (var i = 0; i < frames.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await write(mark(frames[i], CacheState.Memory), i < frames.Count - 1 && Small(frames[i])).ConfigureAwait(false);
            }

            return true;
        }

        if (!place!.First)
        {
            Note(asked, CacheState.Joined, place.Running.Leader);
        }

        using var follower = place.Follower;
        try
        {
            await foreach (var (frame, more) in follower.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var state = place.First ? place.Running.Source : CacheState.Joined;
                await write(mark(frame, state), more && Small(frame)).ConfigureAwait(false);
            }
        }
        catch (CallerFailureException failure)
        {
            return place.First ? throw failure.Failure : false;
        }

        return true;
    }

    /// <summary>What is remembered, or a place with those who wait for it; the first of them starts the computation.</summary>
    private (IReadOnlyList<TMessage>? Frames, Place? Place) Board(ContentAddress key, Producer produce)
    {
        lock (_gate)
        {
            // Under the lock: a computation is remembered before it is struck off, so it is found in one place or the other.
            if (_running.TryGetValue(key, out var running) && running.Flight.Join() is { } follower)
            {
                return (null, new Place(running, follower, First: false));
            }

            if (cache.Memory.TryGet((typeof(TMessage), key), out var known))
            {
                return ((IReadOnlyList<TMessage>)known, null);
            }

            running = new Running(new Flight<TMessage>(cache.Options.LargestResultBytes, Window));
            var place = new Place(running, running.Flight.Join()!, First: true);
            _running[key] = running;
            _ = Task.Run(() => RunAsync(key, running, produce));
            return (null, place);
        }
    }

    private async Task RunAsync(ContentAddress key, Running running, Producer produce)
    {
        var flight = running.Flight;
        SharedLevel.Claim? claim = null;
        Exception? failure = null;
        IReadOnlyList<TMessage>? computed = null;
        try
        {
            (var found, claim, running.Source) = await LookUpAsync(key, flight.Abandoned).ConfigureAwait(false);
            if (found is not null)
            {
                foreach (var frame in found)
                {
                    await flight.EmitAsync(frame, Size(frame)).ConfigureAwait(false);
                }
            }
            else
            {
                await produce(frame => flight.EmitAsync(frame, Size(frame)), flight.Abandoned).ConfigureAwait(false);
                computed = flight.Recorded;
            }

            if ((found ?? computed) is { Count: > 0 } whole)
            {
                cache.Memory.Set((typeof(TMessage), key), whole, flight.Bytes);
            }
        }
        catch (Exception exception)
        {
            // Every caller gets it from the stream.
            failure = exception;
        }

        lock (_gate)
        {
            if (_running.TryGetValue(key, out var current) && current == running)
            {
                _running.Remove(key);
            }
        }

        flight.End(failure);
        Publish(key, failure is null ? computed : null, flight.Bytes, claim);
    }

    private async Task<(IReadOnlyList<TMessage>? Found, SharedLevel.Claim? Claim, CacheState Source)> LookUpAsync(
        ContentAddress key, CancellationToken cancellationToken)
    {
        using var lookup = CacheSpans.StartLookup();
        var searched = await SearchAsync(key, cancellationToken).ConfigureAwait(false);
        CacheSpans.Found(lookup, searched.Source);
        cache.Metrics?.Found(searched.Source);
        return searched;
    }

    /// <summary>Looks in Redis, and waits while another replica computes the answer: the answer, or the claim to compute it.</summary>
    private async Task<(IReadOnlyList<TMessage>? Found, SharedLevel.Claim? Claim, CacheState Source)> SearchAsync(
        ContentAddress key, CancellationToken cancellationToken)
    {
        if (cache.Shared is not { InUse: true } shared)
        {
            cache.Shared?.ProbeIfDue();
            return (null, null, CacheState.Miss);
        }

        var budget = shared.NewBudget();
        for (var waited = false; ; waited = true)
        {
            if (await FindAsync(shared, key, budget, cancellationToken).ConfigureAwait(false) is { } found)
            {
                return (found, null, waited ? CacheState.Joined : CacheState.Redis);
            }

            var (answered, claim) = await shared.ClaimAsync(key, budget, cancellationToken).ConfigureAwait(false);
            if (!answered)
            {
                return (null, null, CacheState.Miss);
            }

            if (claim is not null)
            {
                // It may have been stored, and its claim given up, since the look.
                if (await FindAsync(shared, key, budget, cancellationToken).ConfigureAwait(false) is not { } late)
                {
                    return (null, claim, CacheState.Miss);
                }

                await claim.DisposeAsync().ConfigureAwait(false);
                return (late, null, waited ? CacheState.Joined : CacheState.Redis);
            }

            await Task.Delay(shared.PollInterval, shared.Time, cancellationToken).ConfigureAwait(false);
            budget.Refill();
        }
    }

    private static async Task<IReadOnlyList<TMessage>?> FindAsync(
        SharedLevel shared, ContentAddress key, CallBudget budget, CancellationToken cancellationToken) =>
        await shared.FindAsync(key, budget, cancellationToken).ConfigureAwait(false) is { } value
            ? FrameCodec<TMessage>.TryDecode(value)
            : null;

    /// <summary>Brings a result to Redis and gives the claim up, after the callers have their answer.</summary>
    private void Publish(ContentAddress key, IReadOnlyList<TMessage>? computed, long bytes, SharedLevel.Claim? claim)
    {
        if (cache.Shared is not { } shared || (computed is null && claim is null))
        {
            return;
        }

        if (!cache.TryInBackground(computed is null ? 0 : bytes, PublishAsync) && claim is not null)
        {
            cache.TryInBackground(0, () => claim.DisposeAsync().AsTask());
        }

        async Task PublishAsync()
        {
            if (computed is { Count: > 0 })
            {
                await shared.StoreAsync(key, FrameCodec<TMessage>.Encode(computed)).ConfigureAwait(false);
            }

            if (claim is not null)
            {
                await claim.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private void Note(DateTime asked, CacheState found, ActivityContext leader)
    {
        CacheSpans.FoundHere(asked, found, leader);
        cache.Metrics?.Found(found);
    }

    private static bool Small(TMessage message) => message.CalculateSize() < Large;

    private static long Size(TMessage message) => message.CalculateSize() + MessageOverhead;

    private sealed record Place(Running Running, Flight<TMessage>.Follower Follower, bool First);
}
