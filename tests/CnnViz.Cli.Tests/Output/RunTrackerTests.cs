using CnnViz.Cli.Output;
using CnnViz.V1;

namespace CnnViz.Cli.Tests.Output;

public class RunTrackerTests
{
    [Fact]
    public void Take_Progress_MeanObjectiveAndTimeLeftSinceTheStart()
    {
        var time = new ManualTime();
        var reports = new Collected();
        var tracker = new RunTracker(reports, time);

        time.Advance(TimeSpan.FromMinutes(10)); // Waiting for its turn.
        tracker.Take(new MaximizationEvent { Started = new MaximizationStarted { Steps = 160 } });
        time.Advance(TimeSpan.FromSeconds(6));
        var progress = new MaximizationProgress { Iteration = 40, Steps = 160, Fraction = 0.25 };
        progress.Filters.Add(new FilterProgress { Filter = 0, Objective = 1 });
        progress.Filters.Add(new FilterProgress { Filter = 1, Objective = 4 });
        tracker.Take(new MaximizationEvent { Progress = progress });

        Assert.Equal(new RunProgress(0.25, "0-1", 40, 160, 2.5, TimeSpan.FromSeconds(18)), Assert.Single(reports.All));
        Assert.Equal(160, tracker.Started!.Steps);
        Assert.Null(tracker.Completed);
    }

    [Fact]
    public void Take_Results_KeptInOrder()
    {
        var tracker = new RunTracker(new Collected(), new ManualTime());
        foreach (var filter in new[] { 9, 2 })
            tracker.Take(new MaximizationEvent { Result = new MaximizationResult { Filter = filter } });

        Assert.Equal([9, 2], tracker.Results.Select(result => result.Filter));
    }

    [Fact]
    public void Take_FirstIterationOfMany_NoEstimate()
    {
        var reports = new Collected();
        var happened = new MaximizationEvent { Progress = new MaximizationProgress { Fraction = 0.001 } };

        new RunTracker(reports, new ManualTime()).Take(happened);

        Assert.Null(Assert.Single(reports.All).Remaining);
    }

    [Theory]
    [InlineData(new[] { 17, 20, 6 }, "6…20")]
    [InlineData(new[] { 9, 8, 10 }, "8-10")]
    [InlineData(new[] { 5 }, "5")]
    public void Take_FiltersInAnyOrder_NamedByTheirRange(int[] filters, string expected)
    {
        var reports = new Collected();
        var progress = new MaximizationProgress { Fraction = 0.5 };
        progress.Filters.AddRange(filters.Select(filter => new FilterProgress { Filter = filter }));

        new RunTracker(reports, new ManualTime()).Take(new MaximizationEvent { Progress = progress });

        Assert.Equal(expected, Assert.Single(reports.All).Filters);
    }

    private sealed class Collected : IProgress<RunProgress>
    {
        public List<RunProgress> All { get; } = [];

        public void Report(RunProgress value) => All.Add(value);
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan by) => _now += by.Ticks;
    }
}
