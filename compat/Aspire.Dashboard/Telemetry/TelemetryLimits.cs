namespace Aspire.Dashboard.Telemetry;

/// <summary>
/// Bounds of the telemetry kept, named as Aspire's settings Dashboard:TelemetryLimits:*. Whatever goes beyond a bound pushes out
/// the oldest, or is cut, and is counted.
/// </summary>
internal sealed class TelemetryLimits
{
    /// <summary>Log records, of all resources together. Default 10,000.</summary>
    public int MaxLogCount { get; set; } = 10_000;

    /// <summary>Traces, of all resources together. Default 10,000.</summary>
    public int MaxTraceCount { get; set; } = 10_000;

    /// <summary>Data points of one instrument and one set of attributes. Default 50,000.</summary>
    public int MaxMetricsCount { get; set; } = 50_000;

    /// <summary>Attributes of one span, log record, event or resource. Default 128.</summary>
    public int MaxAttributeCount { get; set; } = 128;

    /// <summary>Characters of one attribute's value, and of a log message. Default 16,384.</summary>
    public int MaxAttributeLength { get; set; } = 16_384;

    /// <summary>Events of one span, and likewise links. Default 128.</summary>
    public int MaxSpanEventCount { get; set; } = 128;

    /// <summary>Resources, that is processes, that telemetry comes from. Default 1,000.</summary>
    public int MaxResourceCount { get; set; } = 1_000;

    /// <summary>Spans of one trace. Default 10,000.</summary>
    public int MaxSpansPerTrace { get; set; } = 10_000;

    /// <summary>Instruments of one resource. Default 1,000.</summary>
    public int MaxInstrumentCount { get; set; } = 1_000;

    /// <summary>Sets of attributes of one instrument. Default 1,000.</summary>
    public int MaxDimensionCount { get; set; } = 1_000;

    /// <summary>
    /// Estimated bytes of each of the three kinds of telemetry: counts alone do not bound memory. Default 64 MiB.
    /// </summary>
    public long MaxBytes { get; set; } = 64L * 1024 * 1024;

    /// <exception cref="ArgumentException">A bound is not positive.</exception>
    public void Validate()
    {
        foreach (var (name, value) in (IEnumerable<(string, long)>)[
            (nameof(MaxLogCount), MaxLogCount), (nameof(MaxTraceCount), MaxTraceCount),
            (nameof(MaxMetricsCount), MaxMetricsCount),
            (nameof(MaxAttributeCount), MaxAttributeCount), (nameof(MaxAttributeLength), MaxAttributeLength),
            (nameof(MaxSpanEventCount), MaxSpanEventCount), (nameof(MaxResourceCount), MaxResourceCount),
            (nameof(MaxSpansPerTrace), MaxSpansPerTrace), (nameof(MaxInstrumentCount), MaxInstrumentCount),
            (nameof(MaxDimensionCount), MaxDimensionCount), (nameof(MaxBytes), MaxBytes)])
        {
            if (value <= 0)
                throw new ArgumentException($"Dashboard:TelemetryLimits:{name} must be positive, not {value}.");
        }
    }
}
