using CnnViz.Cache.Tests.Support;
using CnnViz.V1;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using StackExchange.Redis;

namespace CnnViz.Inference.Tests.Runs;

/// <summary>Runs that two replicas share through a real redis-server.</summary>
public sealed class SharedRunTests
{
    [RedisFact]
    public async Task Watch_FromAnotherReplica_TheSameEventsDuringAndAfter()
    {
        await using var redis = await RedisServer.StartAsync("secret");
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        using var gate = new ManualResetEventSlim();
        first.Engine.OnStep = _ => gate.Wait(RunningHost.Patience);
        var run = await first.Maximizations.StartAsync(RunningHost.Request(1, 50), second.Maximizations);

        var begun = await second.Maximizations.WatchAsync(run.RunId, until: one => one.Started is not null);
        var (here, there) = (first.Maximizations.WatchAsync(run.RunId), second.Maximizations.WatchAsync(run.RunId));
        gate.Set();
        var events = await here;

        RunClient.Whole(events, 1, 50);
        Assert.Single(begun);
        Assert.Equal(events, await there);
        Assert.Equal(events, await second.Maximizations.WatchAsync(run.RunId));
        var known = await second.Maximizations.GetAsync(run.RunId);
        Assert.Equal((RunState.Succeeded, events[^1].Sequence, 0), (known.State, known.LastSequence, known.Takeovers));
    }

    [RedisFact]
    public async Task Watch_CutOffAndResumedOnAlternatingReplicas_EveryEventOnceInOrder()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        var run = await first.Maximizations.StartAsync(RunningHost.Request(2, 200), second.Maximizations);
        var events = new List<MaximizationEvent>();
        for (var i = 0; events.Count == 0 || events[^1].Completed is null; i++)
        {
            var count = 0;
            var from = (ulong)events.Count + 1;
            events.AddRange(await (i % 2 == 0 ? second : first).Maximizations.WatchAsync(run.RunId, from, _ => ++count == 17));
        }

        RunClient.Whole(events, 1, 200);
    }

    [RedisFact]
    public async Task Cancel_FromAnotherReplica_TheRunEnds()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        first.Engine.OnStep = RunClient.SlowStep;
        var run = await first.Maximizations.StartAsync(Long(3), second.Maximizations);
        await second.Maximizations.WatchAsync(run.RunId, until: one => one.Progress is not null);
        var watching = second.Maximizations.EndAsync(run.RunId);

        await second.Maximizations.CancelAsync(run.RunId);

        Assert.Equal(StatusCode.Cancelled, await watching);
        Assert.Equal(RunState.Cancelled, (await second.Maximizations.GetAsync(run.RunId)).State);
        RunningHost.Until(() => first.Scheduler.ActiveTickets == 0);
    }

    [RedisFact]
    public async Task List_FromAnotherReplica_AllRunsInPagesNewestFirst()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((await (i % 2 == 0 ? first : second).Maximizations.StartAsync(
                RunningHost.Request(4, 1), (i % 2 == 0 ? second : first).Maximizations)).RunId);
        }

        var (seen, token) = (new List<string>(), "");
        do
        {
            var page = await second.Maximizations.ListAsync(
                new MaximizationServiceListRequest { PageSize = 2, PageToken = token });
            seen.AddRange(page.Runs.Select(run => run.RunId));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal(ids.Order(StringComparer.Ordinal).Reverse(), seen);
    }

    [RedisFact]
    public async Task Watch_RedisRestartsEmptyInTheMiddle_APauseAndNothingIsLost()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        using var gate = new ManualResetEventSlim();
        var steps = 0;
        first.Engine.OnStep = _ =>
        {
            if (Interlocked.Increment(ref steps) == 20)
            {
                gate.Wait(RunningHost.Patience);
            }
        };
        var run = await first.Maximizations.StartAsync(RunningHost.Request(5, 40), second.Maximizations);
        var events = await second.Maximizations.WatchAsync(run.RunId, until: one => one.Progress is { Iteration: 5 });

        // One watcher there from before to after.
        var begun = new TaskCompletionSource();
        var through = second.Maximizations.WatchAsync(run.RunId, until: _ =>
        {
            begun.TrySetResult();
            return false;
        });
        await begun.Task.WaitAsync(RunningHost.Patience);
        await redis.KillAsync();
        gate.Set();
        var here = await first.Maximizations.WatchAsync(run.RunId);
        await redis.StartAgainAsync();

        // The other replica hears of the run again as soon as the first one has told Redis of it.
        RunningHost.Until(() => second.Maximizations.Knows(run.RunId));
        events.AddRange(await second.Maximizations.WatchAsync(run.RunId, (ulong)events.Count + 1));
        RunClient.Whole(here, 1, 40);
        Assert.Equal(here, events);
        Assert.Equal(here, await through);
    }

    [RedisFact]
    public async Task Watch_DamagedValuesInRedis_SaidToTheWatcherAndTheReplicasLiveOn()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var database = connection.GetDatabase();
        var run = await first.Maximizations.StartAsync(RunningHost.Request(8, 10), second.Maximizations);
        await first.Maximizations.WatchAsync(run.RunId);
        RunningHost.Until(() =>
            second.Maximizations.Get(new MaximizationServiceGetRequest { RunId = run.RunId }).Run.State == RunState.Succeeded);
        var whole = await database.StreamLengthAsync($"cnnviz:run:{{{run.RunId}}}:events");
        await database.StreamAddAsync($"cnnviz:run:{{{run.RunId}}}:events", "e", "garbage", $"{whole + 1}-0");
        string[] orphans = ["01ARZ3NDEKTSV4RRFFQ69G5FA1", "01ARZ3NDEKTSV4RRFFQ69G5FA2"];
        await database.SetAddAsync("cnnviz:runs:active", [.. orphans.Select(id => (RedisValue)id)]);
        await database.HashSetAsync($"cnnviz:run:{{{orphans[0]}}}:about", "run", "garbage");

        Assert.Equal(StatusCode.DataLoss, await second.Maximizations.EndAsync(run.RunId));
        RunningHost.Until(() => database.SetLength("cnnviz:runs:active") == 0);
        Assert.All(orphans, id => Assert.False(second.Maximizations.Knows(id)));
        var next = await second.Maximizations.StartAsync(RunningHost.Request(9, 5), first.Maximizations);
        RunClient.Whole(await first.Maximizations.WatchAsync(next.RunId), 1, 5);
    }

    [RedisFact]
    public async Task Start_RedisHangs_TheRunGoesOnHere()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await redis.PauseAsync();
        var run = await first.Maximizations.StartAsync(RunningHost.Request(6, 30));
        RunClient.Whole(await first.Maximizations.WatchAsync(run.RunId), 1, 30);
        await redis.ResumeAsync();
    }

    [RedisFact]
    public async Task Stop_InTheMiddleOfARun_AnotherReplicaGoesOnToTheSameBits()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var second = await StartAsync(redis);
        var request = Long(7);
        request.Settings.Steps = 600;
        request.Filters.Clear();
        request.Filters.AddRange([0, 1, 2]);
        var undisturbed = await second.Maximizations.StartAsync(request);
        var expected = RunClient.Results(await second.Maximizations.WatchAsync(undisturbed.RunId));

        var first = await StartAsync(redis);
        first.Engine.OnStep = RunClient.SlowStep;
        var run = await first.Maximizations.StartAsync(request, second.Maximizations);
        var watching = second.Maximizations.WatchAsync(run.RunId);
        await first.Maximizations.WatchAsync(run.RunId, until: one => one.Progress is { Iteration: 100 });
        using var channel = GrpcChannel.ForAddress($"http://{first.Channel.Target}");
        var connected = new TaskCompletionSource();
        var direct = new MaximizationService.MaximizationServiceClient(channel).WatchAsync(run.RunId, until: _ =>
        {
            connected.TrySetResult();
            return false;
        });
        await connected.Task.WaitAsync(RunningHost.Patience);
        await first.DisposeAsync();

        var events = await watching;
        RunClient.Whole(events, 3, 600);
        Assert.Equal(expected, RunClient.Results(events));
        Assert.Equal(1, (await second.Maximizations.GetAsync(run.RunId)).Takeovers);
        var stopped = await Assert.ThrowsAsync<RpcException>(() => direct);
        Assert.Equal(StatusCode.Unavailable, stopped.StatusCode);
        Assert.Equal(run.RunId, RunningHost.Detail<ErrorInfo>(stopped).Metadata["run_id"]);
    }

    private static MaximizeFilterRequest Long(int seed) => RunningHost.Request(seed, 4096);

    private static Task<RunningHost> StartAsync(RedisServer redis) =>
        RunningHost.StartWithAsync($"--ConnectionStrings:redis={redis.ConnectionString}");
}
