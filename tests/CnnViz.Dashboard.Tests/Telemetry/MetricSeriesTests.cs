using Aspire.Dashboard.Telemetry;

namespace CnnViz.Dashboard.Tests.Telemetry;

/// <summary>Lines of charts against what the points mean, worked out by hand or by brute force.</summary>
public sealed class MetricSeriesTests
{
    private const long Second = Samples.Second;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(60)]
    public void Rate_SteadyCounter_IsTheSameWhateverTheReportsInterval(int interval)
    {
        var points = Points(Enumerable.Range(0, (300 / interval) + 1).Select(i => (1_000 + (i * interval), 3.0 * i * interval)));
        var series = new MetricSeries(1_240 * Second, 5 * Second, 40);

        Assert.All(series.Rate([points]), rate => Assert.Equal(3, rate, 9));
    }

    [Fact]
    public void Rate_WholeChart_AddsUpToTheGrowth()
    {
        var random = new Random(3);
        var total = 0.0;
        var time = 1_000;
        List<(int, double)> reports = [(time, 0)];
        while (time < 1_190)
            reports.Add((time += 1 + random.Next(9), total += random.Next(50)));
        var series = new MetricSeries(1_200 * Second, 1 * Second, 200);

        var rates = series.Rate([Points(reports)]);

        Assert.Equal(total, rates.Where(double.IsFinite).Sum(), 6);
    }

    [Fact]
    public void Rate_CounterBeganAnew_CountsFromZero()
    {
        var series = new MetricSeries(1_010 * Second, 10 * Second, 1);

        Assert.Equal(0.8, series.Rate([Points([(1_000, 100), (1_005, 105), (1_010, 3)])])[0], 9);
    }

    [Fact]
    public void Rate_NothingReported_IsUnknown()
    {
        var series = new MetricSeries(1_100 * Second, 10 * Second, 10);

        var rates = series.Rate([Points([(1_050, 1), (1_060, 2)])]);

        Assert.Equal([false, false, false, false, false, true, false, false, false, false], rates.Select(double.IsFinite));
        Assert.Equal(0.1, rates[5], 9);
    }

    [Fact]
    public void Gauge_SetsOfAttributes_AreSummedAndStaleOnesForgotten()
    {
        var series = new MetricSeries(1_200 * Second, 20 * Second, 10);

        var values = series.Gauge([Points([(1_010, 5)]), Points([(1_050, 7), (1_100, 9), (1_150, 9), (1_200, 9)])]);

        Assert.Equal([5, 5, 12, 12, 9, 9, 9, 9, 9, 9], values);
    }

    [Fact]
    public void Percentiles_ManyValues_AgreeWithSortingThem()
    {
        double[] bounds = [.. Enumerable.Range(1, 100).Select(i => i / 10.0)];
        var random = new Random(11);
        double[] values = [.. Enumerable.Range(0, 20_000).Select(_ => Math.Min(9.99, -Math.Log(1 - random.NextDouble()) * 1.5))];
        var counts = new ulong[bounds.Length + 1];
        foreach (var value in values)
            counts[Array.FindIndex(bounds, b => value <= b)]++;
        var dimension = new DimensionPoints([], [
            new MetricPoint(1_000 * Second, 1_000 * Second, 0, new HistogramBuckets(bounds, new ulong[bounds.Length + 1])),
            new MetricPoint(1_010 * Second, 1_010 * Second, 0, new HistogramBuckets(bounds, counts))]);
        Array.Sort(values);

        var lines = new MetricSeries(1_010 * Second, 10 * Second, 1).Percentiles([dimension], [0.5, 0.9, 0.99]);

        foreach (var (share, line) in new[] { 0.5, 0.9, 0.99 }.Zip(lines))
            Assert.Equal(values[(int)(share * values.Length)], line[0], 0.1);
    }

    [Fact]
    public void Percentiles_NoValueInAStep_IsUnknown()
    {
        var series = new MetricSeries(1_020 * Second, 10 * Second, 2);
        double[] bounds = [1, 2];
        var dimension = new DimensionPoints([], [
            new MetricPoint(1_000 * Second, 1_000 * Second, 0, new HistogramBuckets(bounds, [0, 0, 0])),
            new MetricPoint(1_010 * Second, 1_020 * Second, 0, new HistogramBuckets(bounds, [0, 4, 0]))]);

        var median = series.Percentiles([dimension], [0.5])[0];

        Assert.Equal(1.5, median[0], 9);
        Assert.True(double.IsNaN(median[1]));
    }

    [Theory]
    [InlineData(0.5, 10.0)]
    [InlineData(0.0, 0.0)]
    [InlineData(1.0, 20.0)]
    public void Percentile_OneBucket_IsAStraightLine(double share, double expected)
        => Assert.Equal(expected, MetricSeries.Percentile([20], [4, 0], share), 9);

    [Fact]
    public void Percentile_AboveAllBounds_IsTheLastBound()
        => Assert.Equal(20, MetricSeries.Percentile([10, 20], [0, 0, 5], 0.5));

    private static DimensionPoints Points(IEnumerable<(int Time, double Value)> reports)
        => new([], [.. reports.Select(r => new MetricPoint(r.Time * Second, r.Time * Second, r.Value, null))]);
}
