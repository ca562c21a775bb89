using Aspire.Dashboard.Telemetry;

namespace CnnViz.Dashboard.Tests.Telemetry;

public sealed class MetricStoreTests
{
    private const long Second = Samples.Second;

    [Fact]
    public void Add_SameValueAgain_MakesThePointLonger()
    {
        var store = Store(new TelemetryLimits());

        store.Add([.. Enumerable.Range(1, 5).Select(i => Samples.Number("n", InstrumentKind.Gauge, i * Second, i < 4 ? 7 : 8))]);

        Assert.Equal(
            [(1 * Second, 3 * Second, 7.0), (4 * Second, 5 * Second, 8.0)],
            Points(store, "n").Select(p => (p.Start, p.End, p.Value)));
    }

    [Fact]
    public void Add_Deltas_AreSummed()
    {
        var store = Store(new TelemetryLimits());

        store.Add(
            [.. Enumerable.Range(1, 3).Select(i => Samples.Number("n", InstrumentKind.Counter, i * Second, 10, isDelta: true))]);
        store.Add([
            Samples.Histogram(1 * Second, [1, 2], [1, 0, 0], isDelta: true),
            Samples.Histogram(2 * Second, [1, 2], [1, 2, 3], isDelta: true)]);

        Assert.Equal([10, 20, 30], Points(store, "n").Select(p => p.Value));
        Assert.Equal([2UL, 2UL, 3UL], Points(store, "histogram")[^1].Buckets!.Counts);
    }

    [Fact]
    public void Add_OlderThanTheNewest_IsLeftOut()
    {
        var store = Store(new TelemetryLimits());

        store.Add(
            [Samples.Number("n", InstrumentKind.Gauge, 5 * Second, 1), Samples.Number("n", InstrumentKind.Gauge, 4 * Second, 2)]);

        Assert.Equal(1, Assert.Single(Points(store, "n")).Value);
    }

    [Fact]
    public void Add_BeyondLimits_IsRejectedAndCounted()
    {
        var store =
            Store(
                new TelemetryLimits { MaxDimensionCount = 2, MaxInstrumentCount = 1, MaxResourceCount = 1, MaxMetricsCount = 3 });

        Assert.Equal(
            3, store.Add(
                [.. Enumerable.Range(0, 5)
                    .Select(i => Samples.Number("n", InstrumentKind.Gauge, Second, 1, attribute: $"{i}"))]));
        Assert.Equal(1, store.Add([Samples.Number("other", InstrumentKind.Gauge, Second, 1)]));
        Assert.Equal(
            1, store.Add([Samples.Number("n", InstrumentKind.Gauge, Second, 1, resource: new TelemetryResource("b", "b", []))]));
        Assert.Equal(1, store.Add([Samples.Number("n", InstrumentKind.Counter, Second, 1)]));
        store.Add(
            [.. Enumerable.Range(2, 8).Select(i => Samples.Number("n", InstrumentKind.Gauge, i * Second, i, attribute: "0"))]);

        Assert.Equal([7, 8, 9], Points(store, "n").Select(p => p.Value));
    }

    [Fact]
    public void Add_BeyondBytes_TheLargestGiveUpTheirOldest()
    {
        var store = Store(new TelemetryLimits { MaxBytes = 32 * 100 });

        for (var i = 1; i <= 1_000; i++)
            store.Add([Samples.Number("n", InstrumentKind.Gauge, i * Second, i)]);
        store.Add([Samples.Number("small", InstrumentKind.Gauge, Second, 1)]);

        var points = Points(store, "n");
        Assert.InRange(points.Count, 50, 100);
        Assert.Equal(1_000, points[^1].Value);
        Assert.Single(Points(store, "small"));
    }

    private static MetricStore Store(TelemetryLimits limits) => new(limits, new ChangeSignal());

    private static IReadOnlyList<MetricPoint> Points(MetricStore store, string instrument)
        => store.Find(Samples.Resource.Key, "meter", instrument, 0)!.Value.Dimensions[0].Points;
}
