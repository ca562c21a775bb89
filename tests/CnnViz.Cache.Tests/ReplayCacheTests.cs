using CnnViz.Cache.Tests.Support;
using CnnViz.V1;

namespace CnnViz.Cache.Tests;

/// <summary>Equal calls in one process.</summary>
public sealed class ReplayCacheTests
{
    [Fact]
    public async Task ServeAsync_100EqualCallsAtOnce_ComputedOnceAndAllGetTheSame()
    {
        var replay = Answers.Replay(Cache());
        var (answer, count, go) = (Answers.Make(1), new Answers.StrongBox(), new TaskCompletionSource());
        var calls = Enumerable.Range(0, 100)
            .Select(_ => Task.Run(() => replay.CallAsync(Answers.Address("equal"), Answers.Counted(answer, count, go.Task))))
            .ToList();
        go.SetResult();
        var results = await Task.WhenAll(calls);

        Assert.Equal(1, count.Value);
        Assert.Single(results, result => result.State == CacheState.Miss);
        Assert.All(results, result => Assert.True(
            result.State is CacheState.Miss or CacheState.Joined or CacheState.Memory, result.State.ToString()));
        Assert.All(results, result => Answers.Same(answer, result.Messages));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task ServeAsync_OneOfTheCallersCancels_TheOthersGetTheAnswer(int canceller)
    {
        var replay = Answers.Replay(Cache());
        var (answer, count, go) = (Answers.Make(1), new Answers.StrongBox(), new TaskCompletionSource());
        using var cancel = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 3).Select(i => replay.CallAsync(
            Answers.Address("one leaves"), Answers.Counted(answer, count, go.Task), i == canceller ? cancel.Token : default)).ToList();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls[canceller]);
        go.SetResult();
        foreach (var call in calls.Where((_, i) => i != canceller))
        {
            Answers.Same(answer, (await call).Messages);
        }

        Assert.Equal(1, count.Value);
    }

    [Fact]
    public async Task ServeAsync_TheFirstCallerIsRefusedForAReasonOfItsOwn_TheOthersComputeForThemselves()
    {
        var replay = Answers.Replay(Cache());
        var (answer, count, go) = (Answers.Make(1), new Answers.StrongBox(), new TaskCompletionSource());
        var refused = replay.CallAsync(Answers.Address("own reason"), async (_, token) =>
        {
            await go.Task.WaitAsync(token);
            throw new CallerFailureException(new TimeoutException("too late for this one"));
        });
        var others = Enumerable.Range(0, 5)
            .Select(_ => replay.CallAsync(Answers.Address("own reason"), Answers.Counted(answer, count))).ToList();
        go.SetResult();

        await Assert.ThrowsAsync<TimeoutException>(() => refused);
        Assert.All(await Task.WhenAll(others), result => Answers.Same(answer, result.Messages));
        Assert.Equal(1, count.Value);

        // Alone, it is the same failure.
        await Assert.ThrowsAsync<TimeoutException>(() => replay.CallAsync(
            null, (_, _) => throw new CallerFailureException(new TimeoutException("too late for this one"))));
    }

    [Fact]
    public async Task ServeAsync_AllCallersLeave_TheComputationIsStoppedAndTheNextCallComputes()
    {
        var replay = Answers.Replay(Cache());
        var stopped = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        using var cancel = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 2).Select(_ => replay.CallAsync(
            Answers.Address("all leave"),
            async (_, token) =>
            {
                begun.SetResult();
                using var registration = token.Register(stopped.SetResult);
                await Task.Delay(Timeout.Infinite, token);
            },
            cancel.Token)).ToList();
        await begun.Task;
        await cancel.CancelAsync();
        await stopped.Task;
        foreach (var call in calls)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        var (answer, count) = (Answers.Make(1), new Answers.StrongBox());
        var (state, messages) = await replay.CallAsync(Answers.Address("all leave"), Answers.Counted(answer, count));
        Assert.Equal((CacheState.Miss, 1), (state, count.Value));
        Answers.Same(answer, messages);
    }

    [Fact]
    public async Task ServeAsync_ComputationFails_EveryCallerHearsItAndNothingIsKept()
    {
        var replay = Answers.Replay(Cache());
        var go = new TaskCompletionSource();
        var calls = Enumerable.Range(0, 3).Select(_ => replay.CallAsync(
            Answers.Address("fails"),
            async (emit, _) =>
            {
                await emit(Answers.Make(1)[0]);
                await go.Task;
                throw new InvalidDataException("no");
            })).ToList();
        go.SetResult();
        foreach (var call in calls)
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => call);
        }

        var count = new Answers.StrongBox();
        var (state, _) = await replay.CallAsync(Answers.Address("fails"), Answers.Counted(Answers.Make(1), count));
        Assert.Equal((CacheState.Miss, 1), (state, count.Value));
    }

    [Fact]
    public async Task ServeAsync_NoAddress_ComputedForEachCall()
    {
        var replay = Answers.Replay(Cache());
        var (answer, count) = (Answers.Make(1), new Answers.StrongBox());
        for (var i = 1; i <= 3; i++)
        {
            var (state, messages) = await replay.CallAsync(null, Answers.Counted(answer, count));
            Assert.Equal((CacheState.Unspecified, i), (state, count.Value));
            Answers.Same(answer, messages);
        }
    }

    [Fact]
    public async Task ServeAsync_LargerThanIsKept_PassesWholeAndIsComputedAgain()
    {
        var replay = Answers.Replay(Cache(largest: 1_000_000));
        var (answer, count) = (Answers.Make(1, chunks: 20), new Answers.StrongBox());
        for (var i = 1; i <= 2; i++)
        {
            var (state, messages) = await replay.CallAsync(Answers.Address("large"), Answers.Counted(answer, count));
            Assert.Equal((CacheState.Miss, i), (state, count.Value));
            Answers.Same(answer, messages);
        }
    }

    [Fact]
    public async Task ServeAsync_MemoryFull_TheLeastRecentlyUsedIsComputedAgain()
    {
        var replay = Answers.Replay(Cache(memory: 5_000_000));
        var count = new Answers.StrongBox();
        async Task<CacheState> CallAsync(int i) =>
            (await replay.CallAsync(Answers.Address($"{i}"), Answers.Counted(Answers.Make(i), count))).State;

        Assert.Equal(CacheState.Miss, await CallAsync(1));
        Assert.Equal(CacheState.Miss, await CallAsync(2));
        Assert.Equal(CacheState.Memory, await CallAsync(1));
        Assert.Equal(CacheState.Miss, await CallAsync(3));
        Assert.Equal(CacheState.Memory, await CallAsync(1));
        Assert.Equal(CacheState.Miss, await CallAsync(2));
    }

    private static ResultCache Cache(long memory = 100_000_000, int largest = 50_000_000) =>
        Replica.Of(new CacheOptions { MemoryBytes = memory, LargestResultBytes = largest }, null, TimeProvider.System);
}
