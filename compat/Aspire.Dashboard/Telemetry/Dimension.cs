namespace Aspire.Dashboard.Telemetry;

/// <summary>The newest points of an instrument for one set of attributes. Guarded by the store.</summary>
internal sealed class Dimension(IReadOnlyList<TelemetryAttribute> attributes, int capacity)
{
    private readonly RingBuffer<MetricPoint> _points = new(capacity);

    public IReadOnlyList<TelemetryAttribute> Attributes { get; } = attributes;

    public int Count => _points.Count;

    /// <summary>Estimated bytes.</summary>
    public long Size { get; private set; }

    public IReadOnlyList<MetricPoint> Since(long time)
    {
        var points = new List<MetricPoint>();
        for (var i = _points.Count - 1; i >= 0; i--)
        {
            points.Add(_points[i]);
            // One from before as well: what happens at the beginning starts from there.
            if (_points[i].End < time)
                break;
        }

        points.Reverse();
        return points;
    }

    /// <param name="point">Its start and end are the moment of the report.</param>
    /// <param name="isDelta">Whether it counts since the report before, and not since the process started.</param>
    public void Add(MetricPoint point, bool isDelta)
    {
        if (_points.Count == 0)
        {
            Push(point);
            return;
        }

        var last = _points[_points.Count - 1];
        if (point.End <= last.End)
            return;
        if (isDelta)
            point = point with { Value = last.Value + point.Value, Buckets = Sum(last.Buckets, point.Buckets) };
        if (point.Buckets is { } buckets && last.Buckets is { } before && buckets.Bounds.AsSpan().SequenceEqual(before.Bounds))
            point = point with { Buckets = buckets with { Bounds = before.Bounds } };
        if (IsSame(point, last))
            _points[_points.Count - 1] = last with { End = point.End };
        else
            Push(point);
    }

    /// <summary>Forgets the oldest quarter.</summary>
    public void Shorten()
    {
        for (var i = (_points.Count + 3) / 4; i > 0; i--)
            Size -= _points.RemoveOldest().Size;
    }

    private static bool IsSame(MetricPoint point, MetricPoint last)
        => point.Value.Equals(last.Value)
            && (point.Buckets is null
                ? last.Buckets is null
                : last.Buckets is not null && ReferenceEquals(point.Buckets.Bounds, last.Buckets.Bounds)
                    && point.Buckets.Counts.AsSpan().SequenceEqual(last.Buckets.Counts));

    private static HistogramBuckets? Sum(HistogramBuckets? sum, HistogramBuckets? next)
    {
        if (sum is null || next is null || !sum.Bounds.AsSpan().SequenceEqual(next.Bounds))
            return next;
        return new HistogramBuckets(sum.Bounds, [.. sum.Counts.Zip(next.Counts, (a, b) => unchecked(a + b))]);
    }

    private void Push(MetricPoint point)
    {
        if (_points.Count == capacity)
            Size -= _points.RemoveOldest().Size;
        _points.Add(point);
        Size += point.Size;
    }
}
