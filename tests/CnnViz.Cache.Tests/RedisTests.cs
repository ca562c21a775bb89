using CnnViz.Cache.Addressing;
using CnnViz.Cache.Tests.Support;
using CnnViz.V1;
using StackExchange.Redis;

namespace CnnViz.Cache.Tests;

/// <summary>Replicas that share a real redis-server.</summary>
public sealed class RedisTests
{
    [RedisFact]
    public async Task ServeAsync_AnotherReplicaComputedIt_TheSameBytesFromRedis()
    {
        await using var server = await RedisServer.StartAsync("secret");
        await using var first = await Replica.ConnectAsync(server.ConnectionString);
        await using var second = await Replica.ConnectAsync(server.ConnectionString);
        foreach (var answer in new[] { Answers.Make(1), Answers.Make(2, noise: false), Answers.Make(3, chunks: 0) })
        {
            var address = CanonicalHash.Of(answer[0].Info.Execution.Model);
            var count = new Answers.StrongBox();
            var (miss, computed) = await Answers.Replay(first.Cache).CallAsync(address, Answers.Counted(answer, count));
            await first.Cache.WhenStoredAsync();
            var (shared, replayed) = await Answers.Replay(second.Cache).CallAsync(address, Answers.Counted(answer, count));
            var (memory, again) = await Answers.Replay(second.Cache).CallAsync(address, Answers.Counted(answer, count));

            Assert.Equal((CacheState.Miss, CacheState.Redis, CacheState.Memory), (miss, shared, memory));
            Assert.Equal(1, count.Value);
            Answers.Same(answer, computed);
            Answers.Same(answer, replayed);
            Answers.Same(answer, again);
        }
    }

    [RedisFact]
    public async Task ServeAsync_EqualCallsOnTwoReplicas_ComputedOnce()
    {
        await using var server = await RedisServer.StartAsync();
        await using var first = await Replica.ConnectAsync(server.ConnectionString);
        await using var second = await Replica.ConnectAsync(server.ConnectionString);
        var replays = new[] { Answers.Replay(first.Cache), Answers.Replay(second.Cache) };
        var (answer, count, address) = (Answers.Make(1), new Answers.StrongBox(), Answers.Address("both"));
        var begun = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        var calls = new List<Task<(CacheState State, List<FeatureMapsResponse> Messages)>>
        {
            replays[0].CallAsync(address, (emit, token) =>
            {
                begun.SetResult();
                return Answers.Counted(answer, count, go.Task)(emit, token);
            }),
        };
        await begun.Task;
        calls.AddRange(Enumerable.Range(0, 49).Select(i => replays[i % 2].CallAsync(address, Answers.Counted(answer, count, go.Task))));
        go.SetResult();
        var results = await Task.WhenAll(calls);

        Assert.Equal(1, count.Value);
        Assert.All(results, result => Answers.Same(answer, result.Messages));
        Assert.Single(results, result => result.State == CacheState.Miss);
    }

    [RedisFact]
    public async Task ServeAsync_TheComputingReplicaDies_AnotherComputes()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await Replica.ConnectAsync(server.ConnectionString);
        var (answer, count, address) = (Answers.Make(1), new Answers.StrongBox(), Answers.Address("orphan"));

        // A claim that nobody renews any more: its holder is dead.
        Assert.True(await replica.Store.TryLockAsync($"claim:{address}", "the dead", TimeSpan.FromSeconds(1)));
        var (state, messages) = await Answers.Replay(replica.Cache).CallAsync(address, Answers.Counted(answer, count));

        Assert.Equal((CacheState.Miss, 1), (state, count.Value));
        Answers.Same(answer, messages);
    }

    [RedisFact]
    public async Task ServeAsync_TheComputationFails_NothingIsKeptAndTheClaimIsFree()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await Replica.ConnectAsync(server.ConnectionString);
        var (replay, address) = (Answers.Replay(replica.Cache), Answers.Address("failing"));
        await Assert.ThrowsAsync<InvalidDataException>(
            () => replay.CallAsync(address, (_, _) => throw new InvalidDataException("no")));
        await replica.Cache.WhenStoredAsync();
        var (answer, count) = (Answers.Make(1), new Answers.StrongBox());
        var (state, _) = await replay.CallAsync(address, Answers.Counted(answer, count));

        Assert.Equal((CacheState.Miss, 1), (state, count.Value));
    }

    [RedisFact]
    public async Task ServeAsync_AnyStoredValueDamaged_ComputedAgain()
    {
        await using var server = await RedisServer.StartAsync();
        await using var writer = await Replica.ConnectAsync(server.ConnectionString);
        await using var client = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        var database = client.GetDatabase();
        var (answer, address) = (Answers.Make(1), Answers.Address("damaged"));
        await Answers.Replay(writer.Cache).CallAsync(address, Answers.Counted(answer, new()));
        await writer.Cache.WhenStoredAsync();
        var keys = client.GetServers()[0].Keys(pattern: "cnnviz:*").Where(key => !key.ToString().Contains("claim", StringComparison.Ordinal)).ToList();
        Assert.Equal(1 + 3, keys.Count);
        foreach (var key in keys)
        {
            var intact = (byte[])(await database.HashGetAsync(key, "data"))!;
            Assert.InRange(intact.Length, 1, 1024 * 1024);
            var flipped = intact.ToArray();
            flipped[flipped.Length / 2] ^= 4;
            foreach (var damaged in new[] { flipped, intact[..^1], [], [.. intact, 0], "nonsense"u8.ToArray() })
            {
                await database.HashSetAsync(key, "data", damaged);
                await AssertComputedAsync();
            }

            // Not even of the right type.
            await database.KeyDeleteAsync(key);
            await AssertComputedAsync();
            await database.StringSetAsync(key, "x");
            await AssertComputedAsync();
            await database.KeyDeleteAsync(key);
            await database.HashSetAsync(key, [new("absexp", -1), new("sldexp", -1), new("data", intact)]);
        }

        await using var reader = await Replica.ConnectAsync(server.ConnectionString);
        var (state, messages) = await Answers.Replay(reader.Cache).CallAsync(address, Answers.Counted(answer, new()));
        Assert.Equal(CacheState.Redis, state);
        Answers.Same(answer, messages);

        async Task AssertComputedAsync()
        {
            // Reads only: what it computes is not stored over the damage.
            var options = Replica.Patient();
            options.FailuresUntilOpen = 1;
            var reading = Replica.Of(options, new ReadOnlyStore(writer.Store), TimeProvider.System);
            var count = new Answers.StrongBox();
            var (found, received) = await Answers.Replay(reading).CallAsync(address, Answers.Counted(answer, count));
            Assert.Equal((CacheState.Miss, 1), (found, count.Value));
            Answers.Same(answer, received);
            await reading.DisposeAsync();
        }
    }

    [RedisFact]
    public async Task ServeAsync_ValueOfAnotherRequestUnderTheKey_Refused()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await Replica.ConnectAsync(server.ConnectionString);
        var (mine, theirs) = (Answers.Address("mine"), Answers.Address("theirs"));
        var replay = Answers.Replay(replica.Cache);
        await replay.CallAsync(theirs, Answers.Counted(Answers.Make(1), new()));
        await replica.Cache.WhenStoredAsync();
        var manifest = await replica.Store.GetAsync($"result:{theirs}", default);
        await replica.Store.SetAsync($"result:{mine}", manifest!, TimeSpan.FromMinutes(1), default);
        var (answer, count) = (Answers.Make(2), new Answers.StrongBox());
        var (state, messages) = await replay.CallAsync(mine, Answers.Counted(answer, count));

        Assert.Equal((CacheState.Miss, 1), (state, count.Value));
        Answers.Same(answer, messages);
    }
}
