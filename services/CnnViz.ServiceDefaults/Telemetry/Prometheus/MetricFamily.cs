using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace CnnViz.ServiceDefaults.Telemetry.Prometheus;

/// <summary>How a family's values are to be read.</summary>
internal enum MetricKind
{
    /// <summary>A sum that only grows.</summary>
    Counter,

    /// <summary>A value that goes up and down.</summary>
    Gauge,

    /// <summary>Values counted by bucket.</summary>
    Histogram,
}

/// <summary>All series of one instrument. Safe for concurrent use.</summary>
internal sealed class MetricFamily
{
    // OpenTelemetry's default limit of series per instrument.
    private const int MostSeries = 2000;

    // OpenTelemetry's default bounds; instruments whose values are seconds bring their own.
    private static readonly double[] _defaultBounds =
        [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    private readonly ConcurrentDictionary<TagSet, MetricSeries> _series = new();
    private readonly Action<MetricSeries, double> _take;

    /// <param name="instrument">What measures.</param>
    /// <param name="kind">How its values are to be read.</param>
    /// <param name="cumulative">Whether each value is what there is in all, and not what is to be added.</param>
    /// <param name="bounds">Upper bounds of a histogram's buckets, rising; null for the default.</param>
    private MetricFamily(Instrument instrument, MetricKind kind, bool cumulative, IReadOnlyList<double>? bounds)
    {
        Kind = kind;
        Name = PrometheusNames.Of(instrument.Name, instrument.Unit, kind);
        Help = instrument.Description ?? "";
        Bounds = kind != MetricKind.Histogram ? [] : bounds is null ? _defaultBounds : [.. bounds];
        _take = (kind, cumulative) switch
        {
            (MetricKind.Histogram, _) => static (series, value) => series.Observe(value),
            (_, true) => static (series, value) => series.Set(value),
            _ => static (series, value) => series.Add(value),
        };
    }

    public string Name { get; }

    public string Help { get; }

    public MetricKind Kind { get; }

    public double[] Bounds { get; }

    public IEnumerable<MetricSeries> Series => _series.Values;

    /// <summary>A family for an instrument; null for a kind of instrument that is not known.</summary>
    public static MetricFamily? Of(Instrument instrument)
    {
        var type = instrument.GetType();
        var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        return generic switch
        {
            _ when generic == typeof(Counter<>) => new(instrument, MetricKind.Counter, false, null),
            _ when generic == typeof(ObservableCounter<>) => new(instrument, MetricKind.Counter, true, null),
            _ when generic == typeof(UpDownCounter<>) => new(instrument, MetricKind.Gauge, false, null),
            _ when generic == typeof(ObservableUpDownCounter<>) || generic == typeof(ObservableGauge<>)
                || generic == typeof(Gauge<>) => new(instrument, MetricKind.Gauge, true, null),
            _ when generic == typeof(Histogram<>) => new(instrument, MetricKind.Histogram, false, Advised(instrument)),
            _ => null,
        };
    }

    /// <summary>Takes a measurement.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => _take(Find(TagSet.Of(tags)), value);

    private static IReadOnlyList<double>? Advised(Instrument instrument) => instrument switch
    {
        Histogram<double> histogram => histogram.Advice?.HistogramBucketBoundaries,
        Histogram<long> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound).ToList(),
        Histogram<int> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound).ToList(),
        _ => null,
    };

    private MetricSeries Find(TagSet tags)
    {
        if (_series.TryGetValue(tags, out var known))
        {
            return known;
        }

        // Callers may make attributes up; memory must not grow with them.
        var kept = _series.Count < MostSeries ? tags : TagSet.Overflow;
        return _series.GetOrAdd(kept, static (key, bounds) => new MetricSeries(key, bounds), Bounds);
    }
}
