namespace Aspire.Dashboard.Telemetry;

/// <summary>A line of a chart: a value for each moment of the time axis, or NaN where nothing is known.</summary>
internal sealed record MetricLine(string Label, double[] Values);

/// <summary>
/// Turns points into lines over a time axis of equal steps: counters become rates per second, histograms percentiles and gauges
/// stay what they are; the sets of attributes of a line are added up.
/// </summary>
internal sealed class MetricSeries
{
    /// <summary>A gauge that was not reported for this long is no longer known.</summary>
    private const long StaleAfter = 75_000_000_000;

    private readonly long _step;

    /// <param name="end">ns since 1970 of the axis's end.</param>
    /// <param name="step">ns between two moments.</param>
    /// <param name="count">Number of moments.</param>
    public MetricSeries(long end, long step, int count)
    {
        _step = step;
        Times = new long[count];
        for (var i = 0; i < count; i++)
            Times[i] = end - ((count - 1 - i) * step);
    }

    /// <summary>The moments, ns since 1970: value i is about the step that ends there.</summary>
    public long[] Times { get; }

    /// <summary>Where the first step begins.</summary>
    public long Start => Times[0] - _step;

    /// <summary>Sum over the sets of attributes.</summary>
    public double[] Gauge(IEnumerable<DimensionPoints> dimensions)
    {
        var sums = Nothing();
        foreach (var dimension in dimensions)
        {
            var next = 0;
            MetricPoint? current = null;
            for (var i = 0; i < Times.Length; i++)
            {
                while (next < dimension.Points.Count && dimension.Points[next].Start <= Times[i])
                    current = dimension.Points[next++];
                if (current is { } point && Times[i] - point.End < StaleAfter)
                    Accumulate(sums, i, point.Value);
            }
        }

        return sums;
    }

    /// <summary>Growth per second, summed over the sets of attributes.</summary>
    public double[] Rate(IEnumerable<DimensionPoints> dimensions)
    {
        var sums = Nothing();
        foreach (var dimension in dimensions)
        {
            var (growth, covered) = Spread(dimension.Points, (before, after) => [Growth(before.Value, after.Value)], 1);
            for (var i = 0; i < Times.Length; i++)
            {
                if (covered[i] > 0)
                    Accumulate(sums, i, growth[i][0] / covered[i] * 1e9);
            }
        }

        return sums;
    }

    /// <summary>Percentiles of the values of each step, over all sets of attributes together.</summary>
    /// <param name="dimensions">Sets with the same bounds; others than the newest are left out.</param>
    /// <param name="percentiles">From 0 to 1.</param>
    public IReadOnlyList<double[]> Percentiles(IReadOnlyList<DimensionPoints> dimensions, IReadOnlyList<double> percentiles)
    {
        var bounds = dimensions.Where(d => d.Points.Count > 0).Select(d => d.Points[d.Points.Count - 1].Buckets?.Bounds)
            .LastOrDefault(b => b is not null) ?? [];
        var counts = new double[Times.Length][];
        for (var i = 0; i < counts.Length; i++)
            counts[i] = new double[bounds.Length + 1];
        foreach (var dimension in dimensions)
        {
            MetricPoint[] points =
                [.. dimension.Points.Where(p => p.Buckets is { } b && b.Bounds.AsSpan().SequenceEqual(bounds))];
            var (growth, covered) = Spread(points, (before, after) => Growth(before.Buckets!, after.Buckets!), bounds.Length + 1);
            for (var i = 0; i < counts.Length; i++)
            {
                for (var bucket = 0; covered[i] > 0 && bucket <= bounds.Length; bucket++)
                    counts[i][bucket] += growth[i][bucket];
            }
        }

        return [.. percentiles.Select(p => counts.Select(c => Percentile(bounds, c, p)).ToArray())];
    }

    /// <summary>The value below which a share of all lies, by straight lines within buckets; NaN when there is none.</summary>
    public static double Percentile(double[] bounds, double[] counts, double share)
    {
        var total = counts.Sum();
        if (total <= 1e-9)
            return double.NaN;
        var rank = share * total;
        var below = 0.0;
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0 && below + counts[i] >= rank)
            {
                // The last bucket has no upper bound, the first no lower one: the best known is the bound they have.
                if (i == bounds.Length)
                    return bounds.Length == 0 ? double.NaN : bounds[^1];
                var lower = i == 0 ? Math.Min(0, bounds[0]) : bounds[i - 1];
                return lower + ((bounds[i] - lower) * Math.Clamp((rank - below) / counts[i], 0, 1));
            }

            below += counts[i];
        }

        return bounds.Length == 0 ? double.NaN : bounds[^1];
    }

    private static double Growth(double before, double after) => after >= before ? after - before : after;

    private static double[] Growth(HistogramBuckets before, HistogramBuckets after)
    {
        // A count that fell means that the process began anew.
        var anew = after.Total < before.Total;
        var growth = new double[after.Counts.Length];
        for (var i = 0; i < growth.Length; i++)
            growth[i] = anew || after.Counts[i] < before.Counts[i] ? after.Counts[i] : after.Counts[i] - before.Counts[i];
        return growth;
    }

    /// <summary>
    /// Spreads what grew between two reports evenly over the time between them, and adds it up by steps, with the time covered:
    /// so a chart's steps need not be those of the reports.
    /// </summary>
    private (double[][] Growth, double[] Covered) Spread(
        IReadOnlyList<MetricPoint> points, Func<MetricPoint, MetricPoint, double[]> growth, int width)
    {
        var sums = new double[Times.Length][];
        for (var i = 0; i < sums.Length; i++)
            sums[i] = new double[width];
        var covered = new double[Times.Length];
        for (var p = 0; p < points.Count; p++)
        {
            // While a point lasts, nothing grows.
            Add(points[p].Start, points[p].End, null);
            if (p > 0)
                Add(points[p - 1].End, points[p].Start, growth(points[p - 1], points[p]));
        }

        return (sums, covered);

        void Add(long from, long to, double[]? amount)
        {
            if (to <= from)
                return;
            var first = Math.Max(0, (from - Start) / _step);
            for (var i = first; i < Times.Length && Times[i] - _step < to; i++)
            {
                double overlap = Math.Min(to, Times[i]) - Math.Max(from, Times[i] - _step);
                if (overlap <= 0)
                    continue;
                covered[i] += overlap;
                for (var k = 0; amount is not null && k < width; k++)
                    sums[i][k] += amount[k] * overlap / (to - from);
            }
        }
    }

    private static void Accumulate(double[] sums, int index, double value)
        => sums[index] = double.IsNaN(sums[index]) ? value : sums[index] + value;

    private double[] Nothing()
    {
        var values = new double[Times.Length];
        Array.Fill(values, double.NaN);
        return values;
    }
}
