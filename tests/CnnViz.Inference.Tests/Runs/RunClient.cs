using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Inference.Tests.Runs;

/// <summary>What a caller of MaximizationService does.</summary>
internal static class RunClient
{
    /// <summary>Makes a step as long as one of a real network, so that a run does not end before something happens to it.</summary>
    public static void SlowStep(int model) => Thread.Sleep(2);

    public static async Task<MaximizationRun> StartAsync(
        this MaximizationService.MaximizationServiceClient client, MaximizeFilterRequest request) =>
        (await client.StartAsync(new MaximizationServiceStartRequest { Request = request })).Run;

    /// <summary>
    /// Starts a run on one replica and waits until another knows it too, which takes longer than Start waits where Redis is slow.
    /// </summary>
    public static async Task<MaximizationRun> StartAsync(
        this MaximizationService.MaximizationServiceClient client,
        MaximizeFilterRequest request,
        MaximizationService.MaximizationServiceClient other)
    {
        var run = await client.StartAsync(request);
        RunningHost.Until(() => other.Knows(run.RunId));
        return run;
    }

    /// <summary>Whether a replica knows a run.</summary>
    public static bool Knows(this MaximizationService.MaximizationServiceClient client, string id)
    {
        try
        {
            return client.Get(new MaximizationServiceGetRequest { RunId = id }).Run.RunId == id;
        }
        catch (RpcException refusal) when (refusal.StatusCode is StatusCode.NotFound or StatusCode.Unavailable)
        {
            return false;
        }
    }

    public static async Task<MaximizationRun> GetAsync(this MaximizationService.MaximizationServiceClient client, string id) =>
        (await client.GetAsync(new MaximizationServiceGetRequest { RunId = id })).Run;

    public static async Task<MaximizationRun> CancelAsync(this MaximizationService.MaximizationServiceClient client, string id) =>
        (await client.CancelAsync(new MaximizationServiceCancelRequest { RunId = id })).Run;

    /// <summary>The run's events from one on; ends early after some, if told to.</summary>
    public static async Task<List<MaximizationEvent>> WatchAsync(
        this MaximizationService.MaximizationServiceClient client,
        string id,
        ulong from = 0,
        Func<MaximizationEvent, bool>? until = null)
    {
        using var limit = new CancellationTokenSource(RunningHost.Patience);
        using var call = client.Watch(
            new MaximizationServiceWatchRequest { RunId = id, FromSequence = from }, cancellationToken: limit.Token);
        var events = new List<MaximizationEvent>();
        await foreach (var message in call.ResponseStream.ReadAllAsync(limit.Token))
        {
            events.Add(message.Event);
            if (until?.Invoke(message.Event) == true)
            {
                break;
            }
        }

        return events;
    }

    /// <summary>How a run's watcher is told of its end.</summary>
    public static async Task<StatusCode> EndAsync(this MaximizationService.MaximizationServiceClient client, string id) =>
        (await Assert.ThrowsAsync<RpcException>(() => client.WatchAsync(id))).StatusCode;

    /// <summary>Events numbered without gaps, told of each step once, with everything from `started` to `completed`.</summary>
    public static void Whole(IReadOnlyList<MaximizationEvent> events, int filters, int steps)
    {
        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (ulong)i), events.Select(one => one.Sequence));
        Assert.Single(events.Select(one => one.RunId).Distinct());
        Assert.NotNull(events[0].Started);
        Assert.NotNull(events[^1].Completed);
        var told = events.Where(one => one.Progress is not null)
            .SelectMany(one => one.Progress.Filters.Select(filter => (filter.Filter, one.Progress.Iteration))).ToList();
        Assert.Equal(filters * steps, told.Count);
        Assert.Equal(filters * steps, told.Distinct().Count());
        Assert.Equal(filters, events.Count(one => one.Result is not null));
    }

    /// <summary>What came out: per filter, its objective and the digest of its picture, which its chunks have.</summary>
    public static Dictionary<int, (double Objective, string Picture)> Results(IReadOnlyList<MaximizationEvent> events)
    {
        var results = new Dictionary<int, (double, string)>();
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Result is not { Image: { } image } result)
            {
                continue;
            }

            var bytes = events.Skip(i + 1).TakeWhile(one => one.Chunk is not null).SelectMany(one => one.Chunk.Data).ToArray();
            Assert.Equal(image.Sha256.ToByteArray(), System.Security.Cryptography.SHA256.HashData(bytes));
            results.Add(result.Filter, (result.Objective, Convert.ToHexString(image.Sha256.Span)));
        }

        return results;
    }
}
