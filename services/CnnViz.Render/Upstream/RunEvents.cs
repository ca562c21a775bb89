using System.Runtime.CompilerServices;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Render.Upstream;

/// <summary>
/// A maximization's events to its end, whatever becomes of the replica that computes it. Where that stops, it says from where another
/// goes on, and the events do. Where it vanishes, the others know what Redis had of the run, so that the events begin anew at 1: the
/// images are the same to the bit, and whoever counts sequences tells nothing twice.
/// </summary>
internal sealed class RunEvents(
    InferenceService.InferenceServiceClient inference, MaximizationService.MaximizationServiceClient runs, TimeProvider time)
{
    // Twice as long as it takes until a run is taken up again.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Begins a run and follows it.</summary>
    /// <param name="request">The run.</param>
    /// <param name="limits">Of all its calls.</param>
    /// <param name="cancellation">The reader's.</param>
    /// <exception cref="RpcException">The run failed, or nobody went on with it for ten seconds.</exception>
    public async IAsyncEnumerable<MaximizationEvent> FollowAsync(
        MaximizeFilterRequest request, UpstreamCall limits, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var (id, next, lost) = ("", 1UL, (RpcException?)null);
        using (var call = inference.MaximizeFilter(
            request, headers: limits.Headers, deadline: limits.Deadline, cancellationToken: limits.Token))
        {
            while (await MoveAsync(call.ResponseStream, error => lost = error, cancellation).ConfigureAwait(false))
            {
                id = call.ResponseStream.Current.Event.RunId;
                yield return call.ResponseStream.Current.Event;
            }
        }

        if (lost is not null && id.Length == 0)
        {
            throw lost;
        }

        next = lost is null ? 0 : From(lost);
        for (var since = time.GetTimestamp(); lost is not null;)
        {
            using var call = runs.Watch(
                new MaximizationServiceWatchRequest { RunId = id, FromSequence = next },
                headers: limits.Headers,
                deadline: limits.Deadline,
                cancellationToken: limits.Token);
            var (before, moved) = (lost, false);
            lost = null;
            while (await MoveAsync(call.ResponseStream, error => lost = error, cancellation).ConfigureAwait(false))
            {
                (moved, next) = (true, call.ResponseStream.Current.Event.Sequence + 1);
                yield return call.ResponseStream.Current.Event;
            }

            since = moved ? time.GetTimestamp() : since;
            if (lost is not null && time.GetElapsedTime(since) > _patience)
            {
                throw before;
            }

            if (lost is not null)
            {
                await Task.Delay(_pause, time, limits.Token).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Where the replica said to go on; the beginning where it said nothing.</summary>
    private static ulong From(RpcException lost) =>
        ulong.TryParse(lost.Trailers.GetValue(ResumeTokens.FromSequence), out var next) ? next : 1;

    /// <summary>The next message; false at the end, or where the replica is gone.</summary>
    private static async Task<bool> MoveAsync<T>(
        IAsyncStreamReader<T> stream, Action<RpcException> gone, CancellationToken cancellation)
    {
        try
        {
            return await stream.MoveNext(cancellation).ConfigureAwait(false);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
        {
            gone(exception);
            return false;
        }
    }
}
