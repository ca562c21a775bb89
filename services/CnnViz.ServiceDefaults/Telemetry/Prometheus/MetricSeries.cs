namespace CnnViz.ServiceDefaults.Telemetry.Prometheus;

/// <summary>What was measured under one set of attributes. Safe for concurrent use.</summary>
internal sealed class MetricSeries(TagSet tags, double[] bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[bounds.Length + 1];
    private double _value;
    private long _count;

    public TagSet Tags => tags;

    /// <summary>The sum of all values, or the last one.</summary>
    public double Value
    {
        get
        {
            lock (_gate)
            {
                return _value;
            }
        }
    }

    public void Add(double value)
    {
        lock (_gate)
        {
            _value += value;
        }
    }

    public void Set(double value)
    {
        lock (_gate)
        {
            _value = value;
        }
    }

    /// <summary>Puts a value into its bucket: the first whose upper bound is not below it.</summary>
    public void Observe(double value)
    {
        if (double.IsNaN(value))
        {
            return;
        }

        var index = Array.BinarySearch(bounds, value);
        lock (_gate)
        {
            _buckets[index < 0 ? ~index : index]++;
            _count++;
            _value += value;
        }
    }

    /// <summary>Count of each bucket, the last one without an upper bound, and the sum of all values: of one moment.</summary>
    public (long[] Buckets, long Count, double Sum) Histogram()
    {
        lock (_gate)
        {
            return ([.. _buckets], _count, _value);
        }
    }
}
