using Aspire.Dashboard.Otlp.Proto;
using Google.Protobuf;

namespace CnnViz.Dashboard.Tests.Otlp;

/// <summary>Messages of which only what a test is about is said.</summary>
internal static class OtlpSamples
{
    public static KeyValue Attribute(string key, string value)
        => new() { Key = key, Value = new AnyValue { StringValue = value } };

    public static Resource Resource(string name = "inference", string instance = "inference-1")
        => new() { Attributes = { Attribute("service.name", name), Attribute("service.instance.id", instance) } };

    public static ByteString Bytes(int count, byte first = 1)
        => ByteString.CopyFrom([.. Enumerable.Range(0, count).Select(i => (byte)(first + i))]);

    public static ExportTraceServiceRequest Trace(params Span[] spans)
    {
        var group = new ResourceSpans { Resource = Resource(), ScopeSpans = { new ScopeSpans { Spans = { spans } } } };
        return new ExportTraceServiceRequest { ResourceSpans = { group } };
    }

    public static Span Span(string name = "work") => new()
    {
        Name = name,
        TraceId = Bytes(16),
        SpanId = Bytes(8),
        StartTimeUnixNano = 1_000,
        EndTimeUnixNano = 5_000,
        Kind = Aspire.Dashboard.Otlp.Proto.Span.Types.SpanKind.Server,
    };

    public static ExportLogsServiceRequest Log(params LogRecord[] records) => LogOf(Resource(), records);

    public static ExportLogsServiceRequest LogOf(Resource resource, params LogRecord[] records)
    {
        var group = new ResourceLogs { Resource = resource, ScopeLogs = { new ScopeLogs { LogRecords = { records } } } };
        return new ExportLogsServiceRequest { ResourceLogs = { group } };
    }

    public static ExportMetricsServiceRequest Metrics(params Metric[] metrics)
    {
        var scope = new ScopeMetrics { Scope = new InstrumentationScope { Name = "meter" }, Metrics = { metrics } };
        return new ExportMetricsServiceRequest
        {
            ResourceMetrics = { new ResourceMetrics { Resource = Resource(), ScopeMetrics = { scope } } },
        };
    }

    public static HistogramDataPoint HistogramPoint(double[] bounds, ulong[] counts)
        => new() { TimeUnixNano = 1, ExplicitBounds = { bounds }, BucketCounts = { counts } };
}
