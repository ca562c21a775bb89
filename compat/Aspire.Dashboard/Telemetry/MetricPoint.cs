namespace Aspire.Dashboard.Telemetry;

/// <summary>What an instrument's values mean.</summary>
internal enum InstrumentKind
{
    /// <summary>A value at a moment, or a sum that may fall.</summary>
    Gauge = 0,

    /// <summary>A sum that only grows: shown as a rate.</summary>
    Counter = 1,

    /// <summary>Counts of values by size: shown as percentiles.</summary>
    Histogram = 2,
}

/// <summary>
/// What was measured from one moment to another. A value that stays the same makes the last point longer, not a new one.
/// </summary>
/// <param name="Start">ns since 1970 when it was first reported.</param>
/// <param name="End">ns since 1970 when it was last reported.</param>
/// <param name="Value">The value; of counters and histograms the sum since the process started.</param>
/// <param name="Buckets">The counts of a histogram; null for others.</param>
internal readonly record struct MetricPoint(long Start, long End, double Value, HistogramBuckets? Buckets)
{
    /// <summary>Estimated bytes.</summary>
    public long Size => 32 + (Buckets is null ? 0 : 48 + (8L * Buckets.Counts.Length));
}

/// <summary>Counts of values by size.</summary>
/// <param name="Bounds">Ascending upper bounds; shared by points that have the same.</param>
/// <param name="Counts">One more than bounds: the last has no upper bound. Since the process started.</param>
internal sealed record HistogramBuckets(double[] Bounds, ulong[] Counts)
{
    /// <summary>Number of values.</summary>
    public ulong Total => Counts.Aggregate(0UL, (sum, count) => sum + count);
}
