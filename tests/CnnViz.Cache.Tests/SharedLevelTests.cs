using CnnViz.Cache.Shared;
using CnnViz.Cache.Tests.Support;
using CnnViz.V1;

namespace CnnViz.Cache.Tests;

/// <summary>What a store that never answers costs, by a clock that the test moves.</summary>
public sealed class SharedLevelTests
{
    [Fact]
    public async Task ServeAsync_StoreHangs_ACallWaits100MsInAllAndThenNoCallWaits()
    {
        var time = new ManualTime();
        var store = new HungStore();
        var options = new CacheOptions { BudgetMilliseconds = 100, FailuresUntilOpen = 1 };
        var replay = Answers.Replay(Replica.Of(options, store, time));
        var (answer, count) = (Answers.Make(1), new Answers.StrongBox());
        var call = replay.CallAsync(Answers.Address("waits"), Answers.Counted(answer, count));
        await WaitingAsync(time);
        time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal(0, count.Value);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Answers.Same(answer, (await call).Messages);

        var asked = store.Count;
        for (var i = 0; i < 20; i++)
        {
            // The clock stands still, so a call that waited would never end.
            var (state, _) = await replay.CallAsync(Answers.Address($"open {i}"), Answers.Counted(Answers.Make(i), new()));
            Assert.Equal(CacheState.Miss, state);
        }

        Assert.Equal(asked, store.Count);
    }

    [Fact]
    public async Task ServeAsync_StoreIsBack_AProbeBesideTheCallsClosesTheBreaker()
    {
        var time = new ManualTime();
        var store = new HungStore { Fails = true };
        var options = new CacheOptions();
        var level = Replica.Of(options, store, time);
        var replay = Answers.Replay(level);
        for (var i = 0; i < options.FailuresUntilOpen; i++)
        {
            await replay.CallAsync(Answers.Address($"fails {i}"), Answers.Counted(Answers.Make(i), new()));
        }

        Assert.False(level.Shared!.InUse);
        time.Advance(options.OpenTime);
        store.Fails = false;
        await replay.CallAsync(Answers.Address("probes"), Answers.Counted(Answers.Make(1), new()));
        await store.Pinged.Task;
        while (!level.Shared.InUse)
        {
            await Task.Yield();
        }
    }

    [Fact]
    public void CircuitBreaker_FailuresInARow_OpensAndGivesOneProbePerPeriod()
    {
        var time = new ManualTime();
        var breaker = new CircuitBreaker(2, TimeSpan.FromSeconds(5), time);
        Assert.False(breaker.Failed());
        breaker.Succeeded();
        Assert.False(breaker.Failed());
        Assert.True(breaker.Closed);
        Assert.True(breaker.Failed());
        Assert.False(breaker.Closed);
        Assert.False(breaker.TakeProbe());
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(breaker.TakeProbe());
        Assert.False(breaker.TakeProbe());
        Assert.False(breaker.Closed);
        breaker.Succeeded();
        Assert.True(breaker.Closed);
    }

    /// <summary>The wait for the store has set its timer.</summary>
    private static async Task WaitingAsync(ManualTime time)
    {
        while (time.Waiting == 0)
        {
            await Task.Yield();
        }
    }

    private sealed class HungStore : IRemoteStore
    {
        private int _count;

        public bool Fails { get; set; }

        public int Count => Volatile.Read(ref _count);

        public TaskCompletionSource Pinged { get; } = new();

        public Task<byte[]?> GetAsync(string key, CancellationToken cancellationToken) => Never<byte[]?>();

        public Task SetAsync(string key, byte[] value, TimeSpan timeToLive, CancellationToken cancellationToken) => Never<bool>();

        public Task<bool> TryLockAsync(string key, string token, TimeSpan expiry) => Never<bool>();

        public Task<bool> ExtendAsync(string key, string token, TimeSpan expiry) => Never<bool>();

        public Task ReleaseAsync(string key, string token) => Never<bool>();

        public Task PingAsync()
        {
            Pinged.SetResult();
            return Task.CompletedTask;
        }

        private Task<T> Never<T>()
        {
            Interlocked.Increment(ref _count);
            return Fails ? Task.FromException<T>(new IOException("down")) : new TaskCompletionSource<T>().Task;
        }
    }
}
