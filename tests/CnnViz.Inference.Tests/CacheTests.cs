using CnnViz.Cache.Tests.Support;
using CnnViz.V1;
using Google.Protobuf;
using Grpc.Core;

namespace CnnViz.Inference.Tests;

/// <summary>Answers that are kept, over the wire: what comes back, and how often the engine had to work for it.</summary>
public sealed class CacheTests
{
    private const int Steps = 6;

    // So that a busy machine finds what is there; what a sick Redis may cost is tested elsewhere.
    private const string Patient = "--Cache:BudgetMilliseconds=20000";

    [Fact]
    public async Task MaximizeFilter_AskedAgain_ReplayedFromMemoryWithoutAPass()
    {
        await using var host = await RunningHost.StartAsync();
        var passes = Count(host);
        var first = await RunAsync(host, Kept(1));
        var again = await RunAsync(host, Kept(1));
        var other = await RunAsync(host, Kept(2));

        Assert.Equal([CacheState.Miss, CacheState.Memory, CacheState.Miss], new[] { first, again, other }.Select(State));
        Assert.Equal(Steps * 2, passes());
        Assert.Contains(first, happened => happened.Preview is not null);
        Assert.Equal(Bare(first), Bare(again));
        Assert.NotEqual(Bare(first), Bare(other));
    }

    [Fact]
    public async Task MaximizeFilter_NoCache_ComputedAndNotKept()
    {
        await using var host = await RunningHost.StartAsync();
        var passes = Count(host);
        var alone = Kept(1);
        alone.NoCache = true;
        Assert.Equal(CacheState.Unspecified, State(await RunAsync(host, alone)));
        Assert.Equal(CacheState.Miss, State(await RunAsync(host, Kept(1))));
        Assert.Equal(CacheState.Unspecified, State(await RunAsync(host, alone)));
        Assert.Equal(Steps * 3, passes());
    }

    [Fact]
    public async Task MaximizeFilter_100EqualCallsAtOnce_ComputedOnce()
    {
        await using var host = await RunningHost.StartAsync();
        var passes = Count(host);
        List<Task<List<MaximizationEvent>>> calls;
        using (host.HoldLanes())
        {
            calls = [.. Enumerable.Range(0, 100).Select(_ => RunAsync(host, Kept(1)))];
            RunningHost.Until(() => host.Scheduler.WaitingUnits > 0);
        }

        var runs = await Task.WhenAll(calls).WaitAsync(RunningHost.Patience);
        Assert.Equal(Steps, passes());
        Assert.Single(runs, run => State(run) == CacheState.Miss);
        Assert.All(runs, run => Assert.Equal(Bare(runs[0]), Bare(run)));
    }

    [Fact]
    public async Task MaximizeFilter_TheFirstOfEqualCallersLeaves_TheOthersGetTheRun()
    {
        await using var host = await RunningHost.StartAsync();
        var passes = Count(host);
        Task<List<MaximizationEvent>> second;
        using (host.HoldLanes())
        {
            using var first = host.Client.MaximizeFilter(Kept(1));
            RunningHost.Until(() => host.Scheduler.WaitingUnits > 0);
            using var joined = host.Client.MaximizeFilter(Kept(1));
            second = RunAsync(host, Kept(1));
        }

        var run = await second.WaitAsync(RunningHost.Patience);
        Assert.NotNull(run[^1].Completed);
        Assert.Equal(Enumerable.Range(1, run.Count), run.Select(happened => (int)happened.Sequence));
        Assert.InRange(passes(), Steps, 2 * Steps);
    }

    [Fact]
    public async Task FeatureMaps_AskedAgain_TheSameBytesFromMemory()
    {
        await using var host = await RunningHost.StartAsync();
        var request = AddressTests.Maps();
        var first = await MapsAsync(host, request);
        var again = await MapsAsync(host, request);
        Assert.Equal(CacheState.Miss, first[0].Info.Execution.Cache);
        Assert.Equal(CacheState.Memory, again[0].Info.Execution.Cache);
        again[0].Info.Execution.Cache = CacheState.Miss;
        Assert.Equal(first, again);
        Assert.Contains(first, message => message.Chunk is not null);
    }

    [Fact]
    public async Task FilterWeights_AskedAgain_TheSameBytesFromMemoryUnlessAnythingDiffers()
    {
        await using var host = await RunningHost.StartAsync();
        var request = AddressTests.Weights();
        var first = await WeightsAsync(host, request);
        var again = await WeightsAsync(host, request);
        Assert.Equal([CacheState.Miss, CacheState.Memory], new[] { first, again }.Select(answer => answer[0].Info.Cache));
        again[0].Info.Cache = CacheState.Miss;
        Assert.Equal(first, again);
        Assert.Contains(first, message => message.Chunk is not null);

        Action<FilterWeightsRequest>[] changes =
        [
            other => other.NoCache = true,
            other => other.OmitValues = true,
            other => other.Roles.Add("bias"),
            other => other.Statistics.Bins = 3,
            other => other.Statistics = null,
            other => other.Layer = "2",
            other => other.Spec.Seed = 5,
        ];
        foreach (var change in changes)
        {
            var other = request.Clone();
            change(other);
            Assert.Equal(
                other.NoCache ? CacheState.Unspecified : CacheState.Miss, (await WeightsAsync(host, other))[0].Info.Cache);
        }
    }

    [Fact]
    public async Task FeatureMaps_BrokenPicture_RefusedEveryTime()
    {
        await using var host = await RunningHost.StartAsync();
        var request = AddressTests.Maps();
        request.Picture.Data = ByteString.CopyFromUtf8("no picture");
        for (var i = 0; i < 2; i++)
        {
            var refusal = await Assert.ThrowsAsync<RpcException>(() => MapsAsync(host, request));
            Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        }
    }

    [RedisFact]
    public async Task MaximizeFilter_ComputedByAnotherReplica_ReplayedFromRedisWithoutAPass()
    {
        await using var server = await RedisServer.StartAsync("secret");
        var redis = $"--ConnectionStrings:redis={server.ConnectionString}";
        await using var one = await RunningHost.StartWithAsync(redis, Patient);
        await using var two = await RunningHost.StartWithAsync(redis, Patient);
        var (passesOfOne, passesOfTwo) = (Count(one), Count(two));
        var computed = await RunAsync(one, Kept(1));
        await one.WhenStoredAsync();
        var shared = await RunAsync(two, Kept(1));

        // Where the first replica's claim has not quite gone, the second one waits for it and then reads the same value.
        Assert.Equal(CacheState.Miss, State(computed));
        Assert.True(State(shared) is CacheState.Redis or CacheState.Joined, $"{State(shared)}");
        Assert.Equal((Steps, 0), (passesOfOne(), passesOfTwo()));
        Assert.Equal(Bare(computed), Bare(shared));

        await server.KillAsync();
        Assert.Equal(CacheState.Miss, State(await RunAsync(two, Kept(2))));
        Assert.Equal(CacheState.Memory, State(await RunAsync(two, Kept(1))));
    }

    [RedisFact]
    public async Task MaximizeFilter_EqualCallsOnTwoReplicas_ComputedOnce()
    {
        await using var server = await RedisServer.StartAsync();
        var redis = $"--ConnectionStrings:redis={server.ConnectionString}";
        await using var one = await RunningHost.StartWithAsync(redis, Patient);
        await using var two = await RunningHost.StartWithAsync(redis, Patient);
        var (passesOfOne, passesOfTwo) = (Count(one), Count(two));
        var runs = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => RunAsync(i % 2 == 0 ? one : two, Kept(1))))
            .WaitAsync(RunningHost.Patience);

        Assert.Equal(Steps, passesOfOne() + passesOfTwo());
        Assert.Single(runs, run => State(run) == CacheState.Miss);
        Assert.All(runs, run => Assert.Equal(Bare(runs[0]), Bare(run)));
    }

    private static MaximizeFilterRequest Kept(int seed)
    {
        var request = RunningHost.Request(seed, Steps);
        request.NoCache = false;
        request.Settings.PreviewInterval = 3;
        return request;
    }

    /// <summary>Counts the engine's passes from now on.</summary>
    private static Func<int> Count(RunningHost host)
    {
        var passes = 0;
        host.Engine.OnStep = _ => Interlocked.Increment(ref passes);
        return () => Volatile.Read(ref passes);
    }

    private static CacheState State(List<MaximizationEvent> run) => run[0].Started.Execution.Cache;

    /// <summary>Every byte but where it came from.</summary>
    private static List<ByteString> Bare(List<MaximizationEvent> run) => [.. run.Select(happened =>
    {
        var bare = happened.Clone();
        if (bare.Started is { } started)
        {
            started.Execution.Cache = CacheState.Unspecified;
        }

        return bare.ToByteString();
    })];

    private static async Task<List<MaximizationEvent>> RunAsync(RunningHost host, MaximizeFilterRequest request)
    {
        var events = new List<MaximizationEvent>();
        using var call = host.Client.MaximizeFilter(request);
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            events.Add(call.ResponseStream.Current.Event);
        }

        return events;
    }

    private static async Task<List<FilterWeightsResponse>> WeightsAsync(RunningHost host, FilterWeightsRequest request)
    {
        var messages = new List<FilterWeightsResponse>();
        using var call = host.Client.FilterWeights(request);
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            messages.Add(call.ResponseStream.Current);
        }

        return messages;
    }

    private static async Task<List<FeatureMapsResponse>> MapsAsync(RunningHost host, FeatureMapsRequest request)
    {
        var messages = new List<FeatureMapsResponse>();
        using var call = host.Client.FeatureMaps(request);
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            messages.Add(call.ResponseStream.Current);
        }

        return messages;
    }
}
