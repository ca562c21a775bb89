namespace CnnViz.Imaging.Normalization;

/// <summary>
/// Maps the values of equally large tiles to 0..1: <c>(v - low) / (high - low)</c> in 32-bit arithmetic, clipped.
/// </summary>
public static class Normalizer
{
    /// <summary>
    /// Normalises tiles. NaN and infinities take no part in finding ranges and come out as NaN, which colour maps draw in a
    /// colour of its own. Where all finite values are equal they become 0 (in the symmetric modes, where all are zero, 0.5).
    /// </summary>
    /// <param name="values">All tiles, one after the other.</param>
    /// <param name="tileLength">Values per tile; divides the number of values.</param>
    /// <param name="options">Which range becomes 0..1.</param>
    /// <param name="destination">Receives as many values; may be <paramref name="values"/> itself.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, or the percentiles are not 0 &lt;= low &lt; high &lt;=
    /// 100.</exception>
    public static NormalizationResult Normalize(
        ReadOnlySpan<float> values, int tileLength, NormalizationOptions options, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(tileLength, 1);
        if (values.Length % tileLength != 0)
            throw new ArgumentException($"{values.Length} values are not whole tiles of {tileLength}.", nameof(values));
        if (destination.Length < values.Length)
            throw new ArgumentException($"{values.Length} values do not fit into {destination.Length}.", nameof(destination));
        if (!(options.LowPercentile >= 0 && options.HighPercentile <= 100 && options.LowPercentile < options.HighPercentile))
            throw new ArgumentException(
                $"Percentiles {options.LowPercentile} and {options.HighPercentile} are not 0 <= low < high <= 100.", nameof(options));

        var perTile = options.Mode
            is NormalizationMode.MinMaxPerTile or NormalizationMode.SymmetricPerTile or NormalizationMode.PercentilePerTile
            or NormalizationMode.StandardizePerTile;
        var group = perTile ? tileLength : Math.Max(values.Length, 1);
        var ranges = new ValueRange[values.Length / group];
        long nonFinite = 0;
        for (var i = 0; i < ranges.Length; i++)
        {
            var source = values.Slice(i * group, group);
            var (range, odd) = FindRange(source, options);
            ranges[i] = range;
            nonFinite += odd;
            var symmetric = options.Mode is NormalizationMode.Symmetric or NormalizationMode.SymmetricPerTile;
            ValueScaling.Scale(source, range, symmetric ? 0.5f : 0f, odd > 0, destination.Slice(i * group, group));
        }

        return new NormalizationResult(ranges, nonFinite);
    }

    private static (ValueRange Range, long NonFinite) FindRange(ReadOnlySpan<float> values, NormalizationOptions options)
    {
        if (options.Mode is NormalizationMode.Percentile or NormalizationMode.PercentilePerTile)
            return Percentiles.Find(values, options.LowPercentile, options.HighPercentile);
        var (low, high, nonFinite) = ValueScaling.FiniteMinMax(values);
        if (options.Mode is NormalizationMode.MinMax or NormalizationMode.MinMaxPerTile)
            return (new ValueRange(low, high), nonFinite);
        if (options.Mode == NormalizationMode.StandardizePerTile)
            return (KerasDeprocess.Range(values, KerasDeprocessOptions.Default), nonFinite);
        var magnitude = Math.Max(Math.Abs(low), Math.Abs(high));
        return (new ValueRange(-magnitude, magnitude), nonFinite);
    }
}
