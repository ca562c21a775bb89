using CnnViz.Engine.Scheduling;

namespace CnnViz.Engine.Tests.Scheduling;

/// <summary>How long a newcomer would wait, and who is not let in for it.</summary>
public sealed class EstimatedWaitTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Enter_TheFirstTurnWouldComeTooLate_RefusedWithTheTimeToWait()
    {
        var clock = new Clock();
        using var scheduler = new LaneScheduler(
            new LaneSchedulerOptions { Lanes = 1, RetryAfter = TimeSpan.FromSeconds(1) }, clock);
        using var slow = scheduler.Enter();
        await scheduler.RunAsync(slow, 1, () => clock.Advance(2));
        Assert.Equal(TimeSpan.Zero, scheduler.EstimatedWait);

        using var release = new ManualResetEventSlim();
        var running = await BegunAsync(scheduler, slow, 1, release);
        using var other = scheduler.Enter();
        var waiting = scheduler.RunAsync(other, 1, () => { });

        // Half of the turn that runs, and one of whoever waits: 1 + 2 s.
        Assert.Equal(TimeSpan.FromSeconds(3), scheduler.EstimatedWait);
        var refusal = Assert.Throws<QueueTooLongException>(() => scheduler.Enter(neededBy: clock.GetUtcNow().AddSeconds(2.9)));
        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3)), (refusal.Wait, refusal.RetryAfter));
        Assert.Equal(2, scheduler.ActiveTickets);
        using (scheduler.Enter(neededBy: clock.GetUtcNow().AddSeconds(3.1)))
        {
            Assert.Equal(3, scheduler.ActiveTickets);
        }

        release.Set();
        await Task.WhenAll(running.Item1, waiting);
    }

    [Fact]
    public async Task EstimatedWait_SeveralLanesAndPaces_EachTicketsOwn()
    {
        var clock = new Clock();
        using var scheduler = new LaneScheduler(new LaneSchedulerOptions { Lanes = 2 }, clock);
        using var fast = scheduler.Enter();
        using var wide = scheduler.Enter();
        await scheduler.RunAsync(fast, 1, () => clock.Advance(1));
        await scheduler.RunAsync(wide, 2, () => clock.Advance(3));
        using var release = new ManualResetEventSlim();
        using var holder = scheduler.Enter();
        var running = await BegunAsync(scheduler, wide, 2, release);
        var first = scheduler.RunAsync(fast, 1, () => { });
        var second = scheduler.RunAsync(fast, 1, () => { });

        // The wide unit takes 6 lane seconds, half of it is left; of a ticket's units only the first comes before a newcomer's.
        Assert.Equal(TimeSpan.FromSeconds((3 + 1) / 2.0), scheduler.EstimatedWait);
        release.Set();
        await Task.WhenAll(running.Item1, first, second);
    }

    [Fact]
    public void Enter_NothingHasRunYet_NobodyIsRefusedForAGuess()
    {
        var clock = new Clock();
        using var scheduler = new LaneScheduler(new LaneSchedulerOptions { Lanes = 1 }, clock);
        using var ticket = scheduler.Enter(neededBy: clock.GetUtcNow().AddMilliseconds(1));
        Assert.Equal(1, scheduler.ActiveTickets);
    }

    /// <summary>Queues a unit that lasts until it is released, and waits until it has its turn: a lane notes the unit before only then.</summary>
    /// <returns>The unit's end, in a tuple so that it is not awaited here.</returns>
    private static async Task<ValueTuple<Task>> BegunAsync(LaneScheduler scheduler, LaneTicket ticket, int width, ManualResetEventSlim release)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = scheduler.RunAsync(ticket, width, () =>
        {
            begun.SetResult();
            Assert.True(release.Wait(_patience));
        });
        await begun.Task.WaitAsync(_patience);
        return ValueTuple.Create(end);
    }

    private sealed class Clock : TimeProvider
    {
        private long _ticks = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

        public void Advance(double seconds) => Interlocked.Add(ref _ticks, (long)(seconds * TimeSpan.TicksPerSecond));
    }
}
