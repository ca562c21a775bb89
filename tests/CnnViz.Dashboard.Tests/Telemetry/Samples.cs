using Aspire.Dashboard.Telemetry;

namespace CnnViz.Dashboard.Tests.Telemetry;

/// <summary>Telemetry of which only what a test is about is said.</summary>
internal static class Samples
{
    public const long Second = 1_000_000_000;

    public static readonly TelemetryResource Resource = new("inference", "inference-1", []);

    private static readonly TelemetryScope _scope = new("tests", string.Empty);

    public static LogEntry Log(
        string message, LogSeverity severity = LogSeverity.Information, TelemetryResource? resource = null, string traceId = "",
        long size = 100, long time = 1)
        => new()
        {
            Resource = resource ?? Resource,
            Scope = _scope,
            Time = time,
            Severity = severity,
            Message = message,
            TraceId = traceId,
            SpanId = string.Empty,
            Attributes = [new TelemetryAttribute("model", "nanodet")],
            Size = size,
        };

    public static TraceSpan Span(
        string trace, string id, string parent = "", long start = 0, long end = 1, bool failed = false, string name = "work",
        long size = 100, TelemetryResource? resource = null)
        => new()
        {
            Resource = resource ?? Resource,
            Scope = _scope,
            TraceId = trace,
            SpanId = id,
            ParentSpanId = parent,
            Name = name,
            Kind = TraceSpanKind.Internal,
            Start = start,
            End = end,
            Status = failed ? TraceSpanStatus.Error : TraceSpanStatus.Unset,
            StatusMessage = string.Empty,
            TraceState = string.Empty,
            Attributes = [new TelemetryAttribute("layer", "Add_11")],
            Events = [],
            Links = [],
            Size = size,
        };

    public static MetricReport Number(
        string name, InstrumentKind kind, long time, double value, bool isDelta = false, string attribute = "a",
        TelemetryResource? resource = null)
        => new(
            resource ?? Resource, new InstrumentInfo("meter", name, string.Empty, string.Empty, kind),
            [new TelemetryAttribute("key", attribute)],
            new MetricPoint(time, time, value, null), isDelta);

    public static MetricReport Histogram(long time, double[] bounds, ulong[] counts, bool isDelta = false)
        => new(
            Resource, new InstrumentInfo("meter", "histogram", "s", string.Empty, InstrumentKind.Histogram), [],
            new MetricPoint(time, time, 0, new HistogramBuckets(bounds, counts)), isDelta);
}
