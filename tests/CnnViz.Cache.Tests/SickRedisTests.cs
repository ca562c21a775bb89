using System.Diagnostics;
using CnnViz.Cache.Addressing;
using CnnViz.Cache.Tests.Support;
using CnnViz.V1;
using Xunit.Abstractions;

namespace CnnViz.Cache.Tests;

/// <summary>What a Redis that is down, hung or refuses the password does to requests under load: nothing but the time it costs.</summary>
public sealed class SickRedisTests(ITestOutputHelper output)
{
    private const int Calls = 200;
    private const int Concurrent = 8;

    [RedisFact]
    public async Task ServeAsync_RedisKilledUnderLoad_EveryCallAnswersAndRedisIsUsedAgainLater()
    {
        await using var server = await RedisServer.StartAsync();
        var options = new CacheOptions { OpenTime = TimeSpan.FromMilliseconds(200) };
        await using var replica = await Replica.ConnectAsync(server.ConnectionString, options);
        await LoadAsync("killed", replica.Cache, i => i == Calls / 4 ? server.KillAsync() : Task.CompletedTask);

        await server.StartAgainAsync();
        await BackAsync(replica, "after the kill");
    }

    [RedisFact]
    public async Task ServeAsync_RedisHungUnderLoad_EveryCallAnswersAndRedisIsUsedAgainLater()
    {
        await using var server = await RedisServer.StartAsync();
        var options = new CacheOptions { OpenTime = TimeSpan.FromMilliseconds(200) };
        await using var replica = await Replica.ConnectAsync(server.ConnectionString, options);
        await LoadAsync("hung", replica.Cache, i => i == Calls / 4 ? server.PauseAsync() : Task.CompletedTask);

        await server.ResumeAsync();
        await BackAsync(replica, "after the pause");
    }

    [RedisFact]
    public async Task ServeAsync_WrongPassword_EveryCallAnswers()
    {
        await using var server = await RedisServer.StartAsync("right");
        await using var replica = await Replica.ConnectAsync(server.WithPassword("wrong"), new CacheOptions());
        await LoadAsync("wrong password", replica.Cache, _ => Task.CompletedTask);
    }

    [RedisFact]
    public async Task ServeAsync_NoServerAtAll_EveryCallAnswers()
    {
        string nowhere;
        await using (var server = await RedisServer.StartAsync())
        {
            nowhere = server.ConnectionString;
        }

        await using var replica = await Replica.ConnectAsync(nowhere, new CacheOptions());
        await LoadAsync("no server", replica.Cache, _ => Task.CompletedTask);
    }

    /// <summary>Calls for different answers, some at a time; each must get its own.</summary>
    private async Task LoadAsync(string what, ResultCache cache, Func<int, Task> before)
    {
        var replay = Answers.Replay(cache);
        var times = new double[Calls];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrent };
        await Parallel.ForAsync(0, Calls, parallel, async (i, token) =>
        {
            await before(i);
            var (answer, count) = (Answers.Make(i, chunks: 1, chunkBytes: 10_000), new Answers.StrongBox());
            var began = Stopwatch.GetTimestamp();
            var (state, messages) = await replay.CallAsync(CanonicalHash.Of(what, i), Answers.Counted(answer, count), token);
            times[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            Assert.Equal((CacheState.Miss, 1), (state, count.Value));
            Answers.Same(answer, messages);
        });
        Array.Sort(times);
        output.WriteLine($"{what}: {Calls} calls, {Concurrent} at a time; none lost; ms per call: median {times[Calls / 2]:f2}, "
            + $"95 % {times[Calls * 95 / 100]:f1}, worst {times[^1]:f1}");
    }

    /// <summary>Calls until a result gets to Redis and back: the probes run beside the calls, so that takes some.</summary>
    private static async Task BackAsync(Replica replica, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        for (var i = 0; ; i++)
        {
            var (answer, address) = (Answers.Make(i, chunks: 1), CanonicalHash.Of(what, i));
            await Answers.Replay(replica.Cache).CallAsync(address, Answers.Counted(answer, new()), limit.Token);
            await replica.Cache.WhenStoredAsync();
            var other = Replica.Of(Replica.Patient(), replica.Store, TimeProvider.System);
            var (state, messages) = await Answers.Replay(other).CallAsync(address, Answers.Counted(answer, new()), limit.Token);
            await other.DisposeAsync();
            if (state == CacheState.Redis)
            {
                Answers.Same(answer, messages);
                return;
            }
        }
    }
}
