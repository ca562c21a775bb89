using CnnViz.Engine.Maximization;
using CnnViz.Engine.Scheduling;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>Runs on engines with several lanes, on a scheduler that they share.</summary>
public sealed class MaximizerLanesTests
{
    private const int Steps = 6;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task RunAsync_SeveralLanes_SamePicturesAsOneAfterAnother()
    {
        var one = Results(await RunAsync(Engine(1), Options([0, 1, 2, 3, 4])));
        var three = Results(await RunAsync(Engine(3), Options([0, 1, 2, 3, 4])));

        Assert.Equal(one.Select(result => result.Filter), three.Select(result => result.Filter));
        Assert.All(one.Zip(three), pair =>
        {
            Assert.Equal(pair.First.Image.ToArray(), pair.Second.Image.ToArray());
            Assert.Equal(pair.First.Objective, pair.Second.Objective);
        });
    }

    [Fact]
    public async Task RunAsync_AmongOthers_SamePicturesAsAlone()
    {
        var alone = Results(await RunAsync(Engine(2), Options([1, 3])));
        using var models = new CompiledModelCache(0);
        using var graph = AnalyticGraph.Create();
        using var scheduler = new LaneScheduler(new LaneSchedulerOptions { Lanes = 2 });
        var engine = Engine(2);
        var maximizer = new Maximizer(models, scheduler: scheduler);
        var runs = Enumerable.Range(0, 16).Select(i =>
        {
            var options = i == 7 ? Options([1, 3]) : Options([i % 5]) with { Seed = (ulong)i };
            return maximizer.RunAsync(graph, engine, options).ToListAsync().AsTask();
        });

        var amid = Results((await Task.WhenAll(runs))[7]);

        Assert.All(alone.Zip(amid), pair => Assert.Equal(pair.First.Image.ToArray(), pair.Second.Image.ToArray()));
        Assert.Equal(0, scheduler.ActiveTickets);
        Assert.Equal((0, 0), (engine.OpenPasses, engine.OpenModels));
    }

    [Fact]
    public async Task RunAsync_SeveralLanes_EachGroupInOrderAndTheWholeEndsLast()
    {
        var events = await RunAsync(Engine(2, dead: 4), Options([4, 0, 2]) with { PreviewInterval = 3 });

        var started = Assert.IsType<MaximizationStarted>(events[0]);
        Assert.Equal((2, 1), (started.Batch, started.Threads));
        var completed = Assert.IsType<MaximizationCompleted>(events[^1]);
        Assert.Equal((3L * Steps, 4), (completed.ImageSteps, Assert.Single(completed.ZeroGradientFilters)));
        var progress = events.OfType<MaximizationProgress>().ToList();
        foreach (var group in progress.GroupBy(one => one.Group))
        {
            Assert.Equal(Enumerable.Range(1, Steps), group.Select(one => one.Iteration));
        }

        Assert.Equal([0, 1, 2], progress.Select(one => one.Group).Distinct().Order());
        Assert.Equal(progress.Select(one => one.Fraction).Order(), progress.Select(one => one.Fraction));
        Assert.Equal(1, progress[^1].Fraction);
        foreach (var filter in new[] { 0, 2, 4 })
        {
            var own = events.FindIndex(happened => happened is MaximizationResult result && result.Filter == filter);
            Assert.True(own > events.FindLastIndex(
                happened => happened is MaximizationProgress one && one.Filters[0].Filter == filter));
            Assert.Equal([3, 6], events.OfType<MaximizationPreview>().Where(p => p.Filter == filter).Select(p => p.Iteration));
        }
    }

    [Theory]
    [InlineData(1, 0, 0, 3)]
    [InlineData(2, 0, 0, 1)]
    [InlineData(1, 1, 0, 1)]
    [InlineData(1, 0, 1, 1)]
    [InlineData(2, 1, 3, 3)]
    public async Task RunAsync_ThreadsOfARun_FixedByTheLoadAtItsStartOrByTheCaller(
        int filters, int others, int asked, int expected)
    {
        using var models = new CompiledModelCache(0);
        using var graph = AnalyticGraph.Create();
        using var scheduler = new LaneScheduler(new LaneSchedulerOptions { Lanes = 3 });
        var places = Enumerable.Range(0, others).Select(_ => scheduler.Enter()).ToList();
        var run = new Maximizer(models, scheduler: scheduler).RunAsync(
            graph, Engine(3), Options([.. Enumerable.Range(0, filters)]), new RunSettings { Threads = asked });

        var events = await run.ToListAsync();

        Assert.Equal(expected, Assert.IsType<MaximizationStarted>(events[0]).Threads);
        Assert.Equal(filters, Results(events).Count);
        places.ForEach(place => place.Dispose());
    }

    [Fact]
    public void RunAsync_ThreadsThatTheEngineHasNot_Refused()
    {
        using var models = new CompiledModelCache(0);
        using var graph = AnalyticGraph.Create();

        Assert.Throws<ArgumentOutOfRangeException>(
            () => new Maximizer(models).RunAsync(graph, Engine(3), Options([0]), new RunSettings { Threads = 2 }));
    }

    [Fact]
    public async Task RunAsync_ConsumerDoesNotRead_OthersGoOnOnTheSameLane()
    {
        using var models = new CompiledModelCache(0);
        using var graph = AnalyticGraph.Create();
        using var scheduler = new LaneScheduler(new LaneSchedulerOptions { Lanes = 1 });
        var maximizer = new Maximizer(models, scheduler: scheduler);
        var engine = Engine(1);
        await using (var stuck = maximizer.RunAsync(graph, engine, Options([0]) with { Steps = 4096 }).GetAsyncEnumerator())
        {
            Assert.True(await stuck.MoveNextAsync());

            // Nothing more is read of it: its queue fills, and it waits.
            var other = await maximizer.RunAsync(graph, engine, Options([1]) with { Steps = 300 }).ToListAsync().AsTask()
                .WaitAsync(_patience);

            Assert.Single(Results(other));
            Assert.True(SpinWait.SpinUntil(() => scheduler.WaitingUnits == 0, _patience));
            Assert.InRange(engine.Forwards, 301, 301 + 64 + 3);
        }

        Assert.Equal(0, scheduler.ActiveTickets);
    }

    [Fact]
    public async Task RunAsync_CancelledInAForwardPass_NoLaneBeginsAnother()
    {
        using var models = new CompiledModelCache(0);
        using var graph = AnalyticGraph.Create();
        using var scheduler = new LaneScheduler(new LaneSchedulerOptions { Lanes = 2 });
        using var cancellation = new CancellationTokenSource();
        var engine = Engine(2);
        engine.OnForward = number =>
        {
            if (number == 5)
            {
                cancellation.Cancel();
            }
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Maximizer(models, scheduler: scheduler)
            .RunAsync(graph, engine, Options([0, 1, 2]) with { Steps = 4096 }, cancellation.Token).ToListAsync().AsTask());

        // The other lane may have begun its pass before.
        Assert.InRange(engine.Forwards, 5, 6);
        Assert.Equal((0, 0, 0), (engine.OpenPasses, engine.OpenModels, scheduler.ActiveTickets));
    }

    [Fact]
    public async Task RunAsync_OneGroupFails_TheOthersEndAndTheConsumerGetsTheFailure()
    {
        using var models = new CompiledModelCache(0);
        using var graph = AnalyticGraph.Create();
        using var scheduler = new LaneScheduler(new LaneSchedulerOptions { Lanes = 2 });
        var engine = Engine(2);
        engine.OnForward = number =>
        {
            if (number == 9)
            {
                throw new InvalidOperationException("the device is gone");
            }
        };

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => new Maximizer(models, scheduler: scheduler)
            .RunAsync(graph, engine, Options([0, 1, 2]) with { Steps = 4096 }).ToListAsync().AsTask());

        Assert.Equal("the device is gone", failure.Message);
        Assert.Equal((0, 0), (engine.OpenModels, scheduler.ActiveTickets));
    }

    [Fact]
    public async Task RunAsync_DeadlineOfTheTicket_EndsTheRunBeforeItsNextStep()
    {
        using var models = new CompiledModelCache(0);
        using var graph = AnalyticGraph.Create();
        var clock = new ManualClock();
        using var scheduler = new LaneScheduler(new LaneSchedulerOptions { Lanes = 2 }, clock);
        var engine = Engine(2);
        engine.OnForward = number => clock.Now += TimeSpan.FromSeconds(1);
        using var ticket = scheduler.Enter(clock.Now + TimeSpan.FromSeconds(4));

        await Assert.ThrowsAsync<DeadlinePassedException>(() => new Maximizer(models, scheduler: scheduler)
            .RunAsync(graph, engine, Options([0]), new RunSettings { Ticket = ticket }).ToListAsync().AsTask());

        Assert.Equal(4, engine.Forwards);
    }

    private static AnalyticEngine Engine(int lanes, int? dead = null) =>
        new() { Lanes = lanes, PreferredBatch = 1, Threads = lanes, DeadFilter = dead };

    private static MaximizationOptions Options(IReadOnlyList<int> filters) =>
        MaximizationOptions.ForRecipe(MaximizationRecipe.Lucid, "features", filters, 16, 16) with { Steps = Steps };

    private static async Task<List<MaximizationEvent>> RunAsync(AnalyticEngine engine, MaximizationOptions options)
    {
        using var models = new CompiledModelCache(0);
        using var graph = AnalyticGraph.Create();
        return await new Maximizer(models).RunAsync(graph, engine, options).ToListAsync();
    }

    private static List<MaximizationResult> Results(IEnumerable<MaximizationEvent> events) =>
        [.. events.OfType<MaximizationResult>().OrderBy(result => result.Filter)];

    private sealed class ManualClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
