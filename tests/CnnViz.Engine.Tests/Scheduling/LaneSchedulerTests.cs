using System.Collections.Concurrent;
using CnnViz.Engine.Scheduling;

namespace CnnViz.Engine.Tests.Scheduling;

public sealed class LaneSchedulerTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task RunAsync_AsManyAsLanes_RunAtTheSameTime()
    {
        using var scheduler = Scheduler(3);
        using var ticket = scheduler.Enter();
        using var together = new Barrier(3);

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => scheduler.RunAsync(
            ticket, 1, () => Assert.True(together.SignalAndWait(_patience)))));
    }

    [Fact]
    public async Task RunAsync_Wide_RunsAloneAndAlwaysOnTheSameThread()
    {
        using var scheduler = Scheduler(2);
        using var ticket = scheduler.Enter();
        var (running, worst) = (0, 0);
        var threads = new ConcurrentBag<int>();
        var units = new List<Task>();
        for (var i = 0; i < 60; i++)
        {
            units.Add(i % 3 == 0
                ? scheduler.RunAsync(ticket, 2, () =>
                {
                    threads.Add(Environment.CurrentManagedThreadId);
                    Note(ref worst, Volatile.Read(ref running));
                })
                : scheduler.RunAsync(ticket, 1, () =>
                {
                    Interlocked.Increment(ref running);
                    Thread.Yield();
                    Interlocked.Decrement(ref running);
                }));
        }

        await Task.WhenAll(units);
        Assert.Equal(0, worst);
        Assert.Equal(20, threads.Count);
        Assert.Single(threads.Distinct());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task StepAsync_LoopBesideATicketWithManyLoops_HasItsTurnInEveryRound(int lanes)
    {
        const int rounds = 20;
        using var scheduler = Scheduler(lanes);
        using var many = scheduler.Enter();
        using var one = scheduler.Enter();
        using var hold = new Held(scheduler);
        using var round = new Barrier(lanes);
        var order = new ConcurrentQueue<LaneTicket>();
        var begun = 0;
        void Turn(LaneTicket ticket)
        {
            order.Enqueue(ticket);

            // All lanes take one unit each, then all together the next.
            Assert.True(Interlocked.Increment(ref begun) > rounds * lanes || round.SignalAndWait(_patience));
        }

        var loops = Enumerable.Range(0, lanes * 4).Select(_ => Loop(scheduler, many, rounds, Turn)).ToList();
        loops.Add(Loop(scheduler, one, rounds, Turn));
        hold.Release();
        await Task.WhenAll(loops);

        var turns = order.Take(rounds * lanes).Count(ticket => ticket == one);
        Assert.InRange(turns, lanes == 1 ? (rounds / 2) - 1 : rounds - 1, lanes == 1 ? rounds / 2 : rounds);
    }

    [Fact]
    public async Task RunAsync_CancelledWhileWaiting_DroppedAtOnce()
    {
        using var scheduler = Scheduler(1);
        using var ticket = scheduler.Enter();
        using var hold = new Held(scheduler);
        using var cancellation = new CancellationTokenSource();
        var ran = false;
        var waiting = scheduler.RunAsync(ticket, 1, () => ran = true, cancellation.Token);

        await cancellation.CancelAsync();

        // The lane is still held: nothing had to end for the unit to go.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(_patience));
        hold.Release();
        await scheduler.RunAsync(ticket, 1, () => { });
        Assert.False(ran);
    }

    [Fact]
    public async Task RunAsync_CancelledWideUnit_LetsTheNarrowOnesIn()
    {
        using var scheduler = Scheduler(2);
        using var running = scheduler.Enter();
        using var wide = scheduler.Enter();
        using var narrow = scheduler.Enter();
        using var release = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        var held = scheduler.RunAsync(running, 1, () => Assert.True(release.Wait(_patience)));
        var dropped = scheduler.RunAsync(wide, 2, () => { }, cancellation.Token);
        var behind = scheduler.RunAsync(narrow, 1, () => { });
        Assert.False(behind.IsCompleted);

        await cancellation.CancelAsync();
        await behind.WaitAsync(_patience);

        Assert.False(held.IsCompleted);
        release.Set();
        await held;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dropped);
    }

    [Fact]
    public async Task RunAsync_DeadlinePassesWhileWaiting_DroppedBeforeItRuns()
    {
        var clock = new ManualClock();
        using var scheduler = new LaneScheduler(new LaneSchedulerOptions { Lanes = 1 }, clock);
        using var hurried = scheduler.Enter(clock.GetUtcNow() + TimeSpan.FromSeconds(5));
        using var patient = scheduler.Enter();
        using var hold = new Held(scheduler);
        var ran = false;
        var late = scheduler.RunAsync(hurried, 1, () => ran = true);
        var other = scheduler.RunAsync(patient, 1, () => { });
        clock.Now += TimeSpan.FromSeconds(5);
        hold.Release();

        await Assert.ThrowsAsync<DeadlinePassedException>(() => late);
        await other;
        Assert.False(ran);
    }

    [Fact]
    public async Task RunAsync_WorkThrows_CallerGetsItAndTheLaneLives()
    {
        using var scheduler = Scheduler(1);
        using var ticket = scheduler.Enter();

        await Assert.ThrowsAsync<FormatException>(() => scheduler.RunAsync(ticket, 1, () => throw new FormatException("no")));
        await scheduler.RunAsync(ticket, 1, () => { });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void RunAsync_OtherWidth_Refused(int width)
    {
        using var scheduler = Scheduler(3);
        using var ticket = scheduler.Enter();

        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = scheduler.RunAsync(ticket, width, () => { }); });
    }

    [Fact]
    public async Task Enter_BeyondTheLimit_RefusedWithAHintUntilOneLeaves()
    {
        var options = new LaneSchedulerOptions { Lanes = 1, Tickets = 2, RetryAfter = TimeSpan.FromSeconds(7) };
        using var scheduler = new LaneScheduler(options);
        using var first = scheduler.Enter();
        var second = scheduler.Enter();

        var refusal = Assert.Throws<TicketLimitException>(() => scheduler.Enter());
        Assert.Equal((2, TimeSpan.FromSeconds(7)), (refusal.Limit, refusal.RetryAfter));
        second.Dispose();
        second.Dispose();
        Assert.Equal(1, scheduler.ActiveTickets);
        using var third = scheduler.Enter();
        Assert.Throws<TicketLimitException>(() => scheduler.Enter());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => scheduler.RunAsync(second, 1, () => { }));
    }

    [Fact]
    public async Task Dispose_UnitsWaiting_RunningOneEndsAndTheOthersAreDropped()
    {
        var scheduler = Scheduler(1);
        var ticket = scheduler.Enter();
        using var started = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var running = scheduler.RunAsync(ticket, 1, () =>
        {
            started.Set();
            Assert.True(release.Wait(_patience));
        });
        var waiting = scheduler.RunAsync(ticket, 1, () => { });
        Assert.True(started.Wait(_patience));

        var disposal = Task.Run(scheduler.Dispose);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(_patience));
        Assert.False(disposal.IsCompleted);
        release.Set();
        await disposal.WaitAsync(_patience);
        await running;
        Assert.Throws<ObjectDisposedException>(() => scheduler.Enter());
    }

    private static LaneScheduler Scheduler(int lanes) => new(new LaneSchedulerOptions { Lanes = lanes });

    private static async Task Loop(LaneScheduler scheduler, LaneTicket ticket, int steps, Action<LaneTicket> turn)
    {
        for (var i = 0; i < steps; i++)
        {
            await scheduler.StepAsync(ticket, 1, () => turn(ticket)).ConfigureAwait(false);
        }

        await Task.Yield();
    }

    private static void Note(ref int worst, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref worst)) < value && Interlocked.CompareExchange(ref worst, value, seen) != seen)
        {
        }
    }

    /// <summary>Keeps all lanes busy until released.</summary>
    private sealed class Held : IDisposable
    {
        private readonly ManualResetEventSlim _release = new();
        private readonly LaneTicket _ticket;

        public Held(LaneScheduler scheduler)
        {
            _ticket = scheduler.Enter();
            using var started = new ManualResetEventSlim();
            _ = scheduler.RunAsync(_ticket, scheduler.Lanes, () =>
            {
                started.Set();
                Assert.True(_release.Wait(_patience));
            });
            Assert.True(started.Wait(_patience));
        }

        public void Release() => _release.Set();

        public void Dispose()
        {
            _release.Set();
            _ticket.Dispose();
        }
    }

    private sealed class ManualClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
