using Aspire.Dashboard.Telemetry;

namespace CnnViz.Dashboard.Tests.Telemetry;

public sealed class TraceStoreTests
{
    [Fact]
    public void Add_SpansInAnyOrder_GiveOneTraceWithItsRootAndLength()
    {
        var store = Store(new TelemetryLimits());
        var render = new TelemetryResource("render", "render-1", []);

        store.Add([Samples.Span("t", "2", parent: "1", start: 20, end: 90, failed: true)]);
        store.Add([Samples.Span("t", "1", start: 10, end: 100, name: "call", resource: render)]);

        var (traces, total) = store.Find(new TraceQuery());
        Assert.Equal(1, total);
        var trace = Assert.Single(traces);
        Assert.Equal(
            ("call", "render", 10, 90, 2, true),
            (trace.Name, trace.Resource.Name, trace.Start, trace.Duration, trace.SpanCount, trace.HasError));
        Assert.Equal([("render", 1, 0), ("inference", 1, 1)], trace.Resources.Select(r => (r.Resource.Name, r.Spans, r.Errors)));
    }

    [Fact]
    public void Add_SpanTwice_IsOne()
    {
        var store = Store(new TelemetryLimits());

        Assert.Equal(0, store.Add([Samples.Span("t", "1"), Samples.Span("t", "1")]));

        Assert.Single(store.Find("t")!.Value.Spans);
    }

    [Fact]
    public void Add_BeyondTraces_PushesOutTheOldest()
    {
        var store = Store(new TelemetryLimits { MaxTraceCount = 2 });

        store.Add([Samples.Span("a", "1"), Samples.Span("b", "1"), Samples.Span("c", "1")]);

        Assert.Null(store.Find("a"));
        Assert.NotNull(store.Find("c"));
        Assert.Equal(2, store.Find(new TraceQuery()).Total);
    }

    [Fact]
    public void Add_BeyondSpansOfOneTrace_IsRejectedAndCounted()
    {
        var store = Store(new TelemetryLimits { MaxSpansPerTrace = 3 });

        Assert.Equal(7, store.Add([.. Enumerable.Range(0, 10).Select(i => Samples.Span("t", $"{i}"))]));

        var (spans, dropped) = store.Find("t")!.Value;
        Assert.Equal(3, spans.Count);
        Assert.Equal(7, dropped);
    }

    [Fact]
    public void Add_BeyondBytes_PushesOutTheOldestTraces()
    {
        var store = Store(new TelemetryLimits { MaxBytes = 350 });

        store.Add([Samples.Span("a", "1"), Samples.Span("b", "1"), Samples.Span("b", "2"), Samples.Span("c", "1")]);

        Assert.Null(store.Find("a"));
        Assert.Equal(2, store.Find(new TraceQuery()).Total);
    }

    [Fact]
    public void Find_Filters_GiveWhatMatchesAll()
    {
        var store = Store(new TelemetryLimits());
        store.Add([
            Samples.Span("a1", "1", end: 50 * 1_000_000, name: "MaximizeFilter"),
            Samples.Span("b2", "1", start: 5, end: 6, failed: true, name: "FeatureMaps")]);

        Assert.Equal("b2", Assert.Single(store.Find(new TraceQuery { ErrorsOnly = true }).Traces).Id);
        Assert.Equal("a1", Assert.Single(store.Find(new TraceQuery { MinDuration = 10_000_000 }).Traces).Id);
        Assert.Equal("b2", Assert.Single(store.Find(new TraceQuery { Text = "featuremaps" }).Traces).Id);
        Assert.Equal("a1", Assert.Single(store.Find(new TraceQuery { Text = "A1" }).Traces).Id);
        Assert.Equal(2, store.Find(new TraceQuery { Text = "add_11" }).Total);
        Assert.Empty(store.Find(new TraceQuery { Resource = "render" }).Traces);
        Assert.Equal(["b2", "a1"], store.Find(new TraceQuery()).Traces.Select(t => t.Id));
    }

    private static TraceStore Store(TelemetryLimits limits) => new(limits, new ChangeSignal());
}
