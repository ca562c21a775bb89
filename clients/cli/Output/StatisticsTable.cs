using System.Globalization;
using System.Text;
using CnnViz.V1;

namespace CnnViz.Cli.Output;

/// <summary>What a layer's weights are like, as text.</summary>
internal static class StatisticsTable
{
    private const string Bars = " ▁▂▃▄▅▆▇█";

    /// <summary>One paragraph per tensor: its range and spread, its zeros, its histogram, and its dead filters.</summary>
    public static string Text(LayerWeightsInfo info)
    {
        var text = new StringBuilder();
        foreach (var tensor in info.Statistics)
        {
            var shape = info.Layer.Weights.FirstOrDefault(weight => weight.Role == tensor.Role)?.Shape ?? [];
            Line($"{info.Layer.Name} {tensor.Role} ({string.Join(", ", shape)}), {tensor.Count:N0} values");
            Line($"  min {tensor.Min:G5}  mean {tensor.Mean:G5}  max {tensor.Max:G5}  std {tensor.Std:G5}");
            Line($"  zero {tensor.Zeros:P1}, up to {tensor.NearZeroThreshold:G3} {tensor.NearZeros:P1}{NonFinite(tensor)}");
            Line($"  {Histogram(tensor.HistogramCounts)}");
            if (tensor.FilterL2.Count > 0)
            {
                var norms = tensor.FilterL2;
                Line($"  norms of {norms.Count} filters: {norms.Min():G4} to {norms.Max():G4}; {Dead(tensor)}");
            }
        }

        return text.Length == 0 ? $"{info.Layer.Name} has no weights." : text.ToString().TrimEnd('\n');

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string NonFinite(WeightStatistics tensor) =>
        tensor.NonFinite == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", not finite {tensor.NonFinite:N0}");

    private static string Dead(WeightStatistics tensor) =>
        tensor.DeadFilters.Count == 0 ? "none is dead" : $"dead: {string.Join(", ", tensor.DeadFilters)}";

    // One character per bin; any bin that is not empty shows at least the lowest bar.
    private static string Histogram(IReadOnlyList<long> counts)
    {
        var largest = Math.Max(1, counts.DefaultIfEmpty().Max());
        return string.Concat(counts.Select(count => Bars[(int)Math.Ceiling(count * (Bars.Length - 1) / (double)largest)]));
    }
}
