using System.Globalization;

namespace CnnViz.Telemetry.Tests.Otlp;

/// <summary>A span and who told of it.</summary>
internal sealed record TakenSpan(IReadOnlyDictionary<string, string> Resource, Span Span)
{
    public string Service => Resource["service.name"];

    public string Trace => Convert.ToHexString(Span.TraceId.Span);

    public string Id => Convert.ToHexString(Span.SpanId.Span);

    public string Parent => Convert.ToHexString(Span.ParentSpanId.Span);

    public IReadOnlyDictionary<string, string> Attributes { get; } = Taken.Attributes(Span.Attributes);
}

/// <summary>A metric as it stood, and who told of it.</summary>
internal sealed record TakenMetric(IReadOnlyDictionary<string, string> Resource, Metric Metric)
{
    public string Service => Resource["service.name"];

    /// <summary>The sum over all its points.</summary>
    public double Total => Metric.DataCase switch
    {
        Metric.DataOneofCase.Sum => Metric.Sum.Points.Sum(point => point.AsDouble + point.AsInt),
        Metric.DataOneofCase.Gauge => Metric.Gauge.Points.Sum(point => point.AsDouble + point.AsInt),
        _ => Metric.Histogram.Points.Sum(point => (double)point.Count),
    };
}

/// <summary>A log record and who told of it.</summary>
internal sealed record TakenLog(IReadOnlyDictionary<string, string> Resource, LogRecord Record)
{
    public string Service => Resource["service.name"];

    public string Trace => Convert.ToHexString(Record.TraceId.Span);

    public string Text => Record.Body.StringValue;
}

/// <summary>Reads the protocol's forms.</summary>
internal static class Taken
{
    public static IReadOnlyDictionary<string, string> Attributes(IEnumerable<KeyValue> attributes) =>
        attributes.ToDictionary(one => one.Key, one => Text(one.Value), StringComparer.Ordinal);

    private static string Text(AnyValue value) => value.ValueCase switch
    {
        AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue.ToString("R", CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        AnyValue.ValueOneofCase.ArrayValue => string.Join(',', value.ArrayValue.Values.Select(Text)),
        _ => value.StringValue,
    };
}
