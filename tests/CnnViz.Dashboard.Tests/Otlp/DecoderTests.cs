using Aspire.Dashboard.Otlp;
using Aspire.Dashboard.Otlp.Proto;
using Aspire.Dashboard.Telemetry;

namespace CnnViz.Dashboard.Tests.Otlp;

public sealed class DecoderTests
{
    private static readonly TelemetryLimits _small =
        new() { MaxAttributeCount = 3, MaxAttributeLength = 10, MaxSpanEventCount = 2 };

    [Fact]
    public void Trace_BeyondLimits_IsCut()
    {
        var store = new TelemetryStore(_small);
        var span = OtlpSamples.Span(new string('n', 50));
        span.Attributes.AddRange(Enumerable.Range(0, 20).Select(i => OtlpSamples.Attribute($"k{i}", new string('v', 100))));
        span.Events.AddRange(Enumerable.Range(0, 20).Select(i => new Span.Types.Event { Name = $"e{i}" }));
        span.Links.AddRange(
            Enumerable.Range(0, 20)
                .Select(_ => new Span.Types.Link { TraceId = OtlpSamples.Bytes(16), SpanId = OtlpSamples.Bytes(8) }));

        new TraceDecoder(store).Export(OtlpSamples.Trace(span));

        var read = Assert.Single(store.Traces.Find(Convert.ToHexStringLower(OtlpSamples.Bytes(16).Span))!.Value.Spans);
        Assert.Equal(11, read.Name.Length);
        Assert.Equal(3, read.Attributes.Count);
        Assert.All(read.Attributes, a => Assert.Equal(11, a.Value.Length));
        Assert.Equal(2, read.Events.Count);
        Assert.Equal(2, read.Links.Count);
    }

    [Fact]
    public void Trace_TimesOutOfRange_StayInOrder()
    {
        var store = new TelemetryStore(new TelemetryLimits());
        var span = OtlpSamples.Span();
        span.StartTimeUnixNano = ulong.MaxValue;
        span.EndTimeUnixNano = 5;

        new TraceDecoder(store).Export(OtlpSamples.Trace(span));

        var trace = Assert.Single(store.Traces.Find(new TraceQuery()).Traces);
        Assert.Equal(0, trace.Duration);
        Assert.Equal(long.MaxValue, trace.Start);
    }

    [Theory]
    [InlineData(0, LogSeverity.Unspecified)]
    [InlineData(1, LogSeverity.Trace)]
    [InlineData(8, LogSeverity.Debug)]
    [InlineData(9, LogSeverity.Information)]
    [InlineData(16, LogSeverity.Warning)]
    [InlineData(17, LogSeverity.Error)]
    [InlineData(24, LogSeverity.Critical)]
    [InlineData(25, LogSeverity.Unspecified)]
    [InlineData(-1, LogSeverity.Unspecified)]
    internal void Log_SeverityNumber_IsTheLevel(int number, LogSeverity expected)
    {
        var store = new TelemetryStore(new TelemetryLimits());

        new LogDecoder(store, TimeProvider.System).Export(OtlpSamples.Log(new LogRecord { SeverityNumber = number }));

        Assert.Equal(expected, Assert.Single(store.Logs.Find(new LogQuery()).Entries).Severity);
    }

    [Fact]
    public void Log_ValuesOfAllKinds_BecomeText()
    {
        var store = new TelemetryStore(new TelemetryLimits());
        var array = new ArrayValue { Values = { new AnyValue { IntValue = 1 }, new AnyValue { StringValue = "x" } } };
        var list = new KeyValueList { Values = { OtlpSamples.Attribute("a", "b") } };
        AnyValue[] values = [
            new() { BoolValue = true }, new() { IntValue = -5 }, new() { DoubleValue = 0.25 },
            new() { BytesValue = OtlpSamples.Bytes(3) },
            new() { ArrayValue = array }, new() { KvlistValue = list }, new()];

        new LogDecoder(store, TimeProvider.System)
            .Export(OtlpSamples.Log([.. values.Select(v => new LogRecord { Body = v, TimeUnixNano = 7 })]));

        Assert.Equal(
            ["true", "-5", "0.25", "010203", "[1, x]", "{a: b}", ""],
            store.Logs.Find(new LogQuery()).Entries.Select(e => e.Message));
    }

    [Fact]
    public void Metrics_MalformedAndSummaries_AreRejectedAndCounted()
    {
        var store = new TelemetryStore(new TelemetryLimits());
        var histogram = new Histogram
        {
            DataPoints =
            {
                OtlpSamples.HistogramPoint([2, 1], [1, 1, 1]),
                OtlpSamples.HistogramPoint([1, 2], [1, 1]),
                OtlpSamples.HistogramPoint([1, double.NaN], [1, 1, 1]),
            },
        };
        var summary = new Summary { DataPoints = { new SummaryDataPoint(), new SummaryDataPoint() } };
        var infinite = new Gauge { DataPoints = { new NumberDataPoint { AsDouble = double.PositiveInfinity } } };
        var good = new Gauge { DataPoints = { new NumberDataPoint { TimeUnixNano = 1, AsInt = 4 } } };

        var response = new MetricDecoder(store).Export(OtlpSamples.Metrics(
            new Metric { Name = "a", Histogram = histogram },
            new Metric { Name = "b", Summary = summary },
            new Metric { Name = "c", Gauge = infinite },
            new Metric { Name = "d", Gauge = good }));

        Assert.Equal(6, response.PartialSuccess.RejectedDataPoints);
        Assert.Equal(["d"], store.Metrics.List().Single().Instruments.Select(i => i.Info.Name));
    }

    /// <summary>Scale 0: bounds are powers of two.</summary>
    [Fact]
    public void Metrics_ExponentialHistogram_GetsItsBounds()
    {
        var point = new ExponentialHistogramDataPoint
        {
            ZeroCount = 2,
            Positive = new ExponentialHistogramDataPoint.Types.Buckets { Offset = 1, BucketCounts = { 3, 4 } },
            Negative = new ExponentialHistogramDataPoint.Types.Buckets { Offset = 0, BucketCounts = { 5 } },
        };

        var buckets = ExponentialBuckets.Read(point)!;

        Assert.Equal([-2, -1, 2, 4, 8], buckets.Bounds);
        Assert.Equal([0UL, 5UL, 2UL, 3UL, 4UL, 0UL], buckets.Counts);
    }

    [Theory]
    [InlineData(21, 0, 1)]
    [InlineData(0, 5_000, 1)]
    [InlineData(0, 0, 600)]
    public void ExponentialBuckets_Unreasonable_AreMalformed(int scale, int offset, int count)
    {
        var counts = Enumerable.Repeat(1UL, count);
        var buckets = new ExponentialHistogramDataPoint.Types.Buckets { Offset = offset, BucketCounts = { counts } };

        Assert.Null(ExponentialBuckets.Read(new ExponentialHistogramDataPoint { Scale = scale, Positive = buckets }));
    }

    [Fact]
    public void Resources_BeyondLimit_AreOne()
    {
        var store = new TelemetryStore(new TelemetryLimits { MaxResourceCount = 2 });
        var decoder = new LogDecoder(store, TimeProvider.System);
        for (var i = 0; i < 10; i++)
            decoder.Export(OtlpSamples.LogOf(OtlpSamples.Resource("s", $"s-{i}"), new LogRecord()));

        Assert.Equal(2, store.Resources.All.Count);
        Assert.Equal(8, store.Logs.Find(new LogQuery()).Entries.Count(e => e.Resource.Name == "(others)"));
    }
}
