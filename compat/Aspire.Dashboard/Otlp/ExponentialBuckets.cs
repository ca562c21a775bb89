using Aspire.Dashboard.Otlp.Proto;
using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Otlp;

/// <summary>
/// Turns an exponential histogram into one with bounds: bucket i of scale s counts values in
/// (base^(offset+i), base^(offset+i+1)], base = 2^(2^-s) (OpenTelemetry data model, "Exponential Buckets").
/// </summary>
internal static class ExponentialBuckets
{
    /// <summary>Buckets of one histogram.</summary>
    public const int MaxBuckets = 512;

    /// <summary>Scales that the data model's protocol limits to what a double can tell apart.</summary>
    private const int MaxScale = 20;

    /// <returns>Null when it is malformed.</returns>
    public static HistogramBuckets? Read(ExponentialHistogramDataPoint point)
    {
        var positive = point.Positive;
        var negative = point.Negative;
        if (Math.Abs(point.Scale) > MaxScale
            || (positive?.BucketCounts.Count ?? 0) + (negative?.BucketCounts.Count ?? 0) > MaxBuckets)
            return null;
        var bounds = new List<double>();
        var counts = new List<ulong>();
        if (negative is { BucketCounts.Count: > 0 })
        {
            // Mirrored: the largest magnitude first. Below it there is nothing.
            bounds.Add(-Bound(point.Scale, negative.Offset, negative.BucketCounts.Count));
            counts.Add(0);
            for (var i = negative.BucketCounts.Count - 1; i >= 0; i--)
            {
                bounds.Add(-Bound(point.Scale, negative.Offset, i));
                counts.Add(negative.BucketCounts[i]);
            }
        }

        if (positive is { BucketCounts.Count: > 0 })
        {
            // From zero, or from the smallest negative magnitude, up to the first bucket.
            bounds.Add(Bound(point.Scale, positive.Offset, 0));
            counts.Add(point.ZeroCount);
            for (var i = 0; i < positive.BucketCounts.Count; i++)
            {
                bounds.Add(Bound(point.Scale, positive.Offset, i + 1));
                counts.Add(positive.BucketCounts[i]);
            }
        }
        else
        {
            bounds.Add(0);
            counts.Add(point.ZeroCount);
        }

        counts.Add(0);
        for (var i = 0; i < bounds.Count; i++)
        {
            if (!double.IsFinite(bounds[i]) || (i > 0 && !(bounds[i] > bounds[i - 1])))
                return null;
        }

        return new HistogramBuckets([.. bounds], [.. counts]);
    }

    private static double Bound(int scale, int offset, int index) => Math.Pow(2, ((double)offset + index) * Math.Pow(2, -scale));
}
