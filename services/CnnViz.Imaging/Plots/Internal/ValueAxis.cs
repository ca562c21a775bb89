namespace CnnViz.Imaging.Plots;

/// <summary>A vertical axis that contains zero, with ticks at round values.</summary>
/// <param name="Low">The value at its lower end.</param>
/// <param name="High">The value at its upper end.</param>
/// <param name="Ticks">Multiples of a round step within the ends.</param>
internal sealed record ValueAxis(double Low, double High, IReadOnlyList<double> Ticks)
{
    private const int WantedIntervals = 4;

    /// <summary>The axis of these values; from 0 to 1 where there is none or all are zero.</summary>
    public static ValueAxis Of(ReadOnlySpan<float> values)
    {
        double low = 0, high = 0;
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
                continue;
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        if (low == high)
            high = 1;
        var step = RoundStep((high - low) / WantedIntervals);
        var (first, last) = ((long)Math.Floor(low / step), (long)Math.Ceiling(high / step));
        return new ValueAxis(
            first * step, last * step, [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)]);
    }

    /// <summary>Pixels from the top, for an axis of so many pixels.</summary>
    public int Place(double value, int height) => (int)Math.Round((High - value) / (High - Low) * (height - 1));

    /// <summary>1, 2 or 5 times a power of ten, at least as large as asked.</summary>
    public static double RoundStep(double least)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        foreach (var factor in (ReadOnlySpan<double>)[1, 2, 5])
        {
            // A hair of slack: 0.2 / 0.1 may come out above 2.
            if (least <= factor * power * 1.000001)
                return factor * power;
        }

        return 10 * power;
    }
}
