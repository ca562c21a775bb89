using CnnViz.Models;
using CnnViz.V1;

namespace CnnViz.Inference.Responses;

/// <summary>What a weight tensor's values are like. Sums are taken in 64 bits; values that are not finite take no part.</summary>
internal static class WeightStatisticsMessages
{
    public static WeightStatistics Of(
        ListedLayer layer, LayerWeight weight, ReadOnlySpan<float> values, WeightStatisticsOptions options)
    {
        const int defaultBins = 32;
        const double defaultThreshold = 1e-6;
        var message = new WeightStatistics
        {
            Role = weight.Role,
            Count = values.Length,
            NearZeroThreshold = options.HasNearZero ? options.NearZero : defaultThreshold,
            DeadNormThreshold = options.HasDeadNorm ? options.DeadNorm : defaultThreshold,
        };
        Moments(message, values);
        Histogram(message, values, options.Bins == 0 ? defaultBins : options.Bins);
        if (weight.Shape.Count > 1)
        {
            Norms(message, FilterIndex.For(weight, Math.Max(1, WeightLayouts.Groups(layer, weight))), values);
        }

        return message;
    }

    private static void Moments(WeightStatistics message, ReadOnlySpan<float> values)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity, sum = 0;
        long finite = 0, zeros = 0, nearZeros = 0;
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                continue;
            }

            finite++;
            sum += value;
            low = Math.Min(low, value);
            high = Math.Max(high, value);
            zeros += value == 0 ? 1 : 0;
            nearZeros += Math.Abs(value) <= message.NearZeroThreshold ? 1 : 0;
        }

        message.NonFinite = values.Length - finite;
        if (finite == 0)
        {
            return;
        }

        var mean = sum / finite;
        double squares = 0;
        foreach (var value in values)
        {
            squares += float.IsFinite(value) ? (value - mean) * (value - mean) : 0;
        }

        (message.Min, message.Max, message.Mean, message.Std) = (low, high, mean, Math.Sqrt(squares / finite));
        (message.Zeros, message.NearZeros) = ((double)zeros / finite, (double)nearZeros / finite);
    }

    private static void Histogram(WeightStatistics message, ReadOnlySpan<float> values, int bins)
    {
        var (low, high) = message.Min == message.Max ? (message.Min - 0.5, message.Max + 0.5) : (message.Min, message.Max);
        var edges = new double[bins + 1];
        var step = (high - low) / bins;
        for (var i = 0; i < bins; i++)
        {
            edges[i] = low + i * step;
        }

        edges[bins] = high;
        var counts = new long[bins];
        foreach (var value in values)
        {
            if (float.IsFinite(value))
            {
                counts[Bin(value, edges, step)]++;
            }
        }

        message.HistogramEdges.AddRange(edges);
        message.HistogramCounts.AddRange(counts);
    }

    private static int Bin(double value, double[] edges, double step)
    {
        var last = edges.Length - 2;
        var bin = Math.Clamp((int)((value - edges[0]) / step), 0, last);

        // The division may land a bin beside the one whose bounds hold the value.
        if (bin > 0 && value < edges[bin])
        {
            return bin - 1;
        }

        return bin < last && value >= edges[bin + 1] ? bin + 1 : bin;
    }

    private static void Norms(WeightStatistics message, FilterIndex filters, ReadOnlySpan<float> values)
    {
        var (l1, squares) = (new double[filters.Count], new double[filters.Count]);
        for (var i = 0; i < values.Length; i++)
        {
            if (float.IsFinite(values[i]))
            {
                var filter = filters.Of(i);
                l1[filter] += Math.Abs(values[i]);
                squares[filter] += (double)values[i] * values[i];
            }
        }

        message.FilterL1.AddRange(l1);
        message.FilterL2.AddRange(squares.Select(Math.Sqrt));
        message.DeadFilters.AddRange(
            Enumerable.Range(0, filters.Count).Where(filter => Math.Sqrt(squares[filter]) <= message.DeadNormThreshold));
    }
}
