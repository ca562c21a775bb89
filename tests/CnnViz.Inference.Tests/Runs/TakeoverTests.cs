using System.Diagnostics;
using CnnViz.Cache.Tests.Support;
using CnnViz.V1;
using Grpc.Core;
using Xunit.Abstractions;

namespace CnnViz.Inference.Tests.Runs;

/// <summary>Replicas killed in the middle of a run.</summary>
public sealed class TakeoverTests(ITestOutputHelper output)
{
    private const int Steps = 1000;

    [RedisFact]
    public async Task Kill_InTheMiddleOfARun_AnotherReplicaGoesOnToTheSameBitsAndWatchersSeeAPause()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await InferenceProcess.StartAsync(redis);
        await using var second = await InferenceProcess.StartAsync(redis);
        var undisturbed = await second.Maximizations.StartAsync(Request());
        var expected = RunClient.Results(await second.Maximizations.WatchAsync(undisturbed.RunId));

        var run = await first.Maximizations.StartAsync(Request(), second.Maximizations);
        var arrivals = new List<long>();
        var watching = second.Maximizations.WatchAsync(run.RunId, until: _ =>
        {
            arrivals.Add(Stopwatch.GetTimestamp());
            return false;
        });
        await first.Maximizations.WatchAsync(run.RunId, until: one => one.Progress is { Iteration: Steps / 3 });
        await first.KillAsync();
        var events = await watching;

        RunClient.Whole(events, 3, Steps);
        Assert.Equal(expected, RunClient.Results(events));
        var known = await second.Maximizations.GetAsync(run.RunId);
        Assert.Equal((RunState.Succeeded, 1), (known.State, known.Takeovers));
        var pause = arrivals.Zip(arrivals.Skip(1), Stopwatch.GetElapsedTime).Max();
        output.WriteLine($"longest pause of the watcher: {pause.TotalSeconds:f2} s; {events.Count} events");
    }

    [RedisFact]
    public async Task Kill_InTheMiddleOfMaximizeFilter_TheRunIsWatchedToItsEndOnAnotherReplica()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await InferenceProcess.StartAsync(redis);
        await using var second = await InferenceProcess.StartAsync(redis);
        var (events, killed) = (new List<MaximizationEvent>(), false);
        using var call = first.Inference.MaximizeFilter(Request());
        var broken = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var message in call.ResponseStream.ReadAllAsync())
            {
                events.Add(message.Event);
                if (message.Event.Progress is { Iteration: Steps / 3 } && !killed)
                {
                    RunningHost.Until(() => second.Maximizations.Knows(message.Event.RunId));
                    await first.KillAsync();
                    killed = true;
                }
            }
        });
        Assert.Equal(StatusCode.Unavailable, broken.StatusCode);

        var rest = await second.Maximizations.WatchAsync(events[0].RunId);
        RunClient.Whole(rest, 3, Steps);
        Assert.Equal(RunState.Succeeded, (await second.Maximizations.GetAsync(events[0].RunId)).State);
    }

    private static MaximizeFilterRequest Request() => new()
    {
        Spec = new SequentialSpec
        {
            Height = 32,
            Width = 32,
            Channels = 3,
            Seed = 3,
            Layers =
            {
                new SpecLayer { Conv2D = new Conv2dSpec { Filters = 16, Kernel = new SpecSize { Height = 3 } } },
                new SpecLayer { Conv2D = new Conv2dSpec { Filters = 16, Kernel = new SpecSize { Height = 3 } } },
            },
        },
        Layer = "2",
        Filters = { 1, 5, 9 },
        NoCache = true,
        Settings = new MaximizationSettings { Steps = Steps, Height = 32, Width = 32, PreviewInterval = 50 },
    };
}
