using CnnViz.Imaging.Layout;

namespace CnnViz.Imaging.Plots;

/// <summary>Values with names, one below the other: the name, a bar from zero, the value.</summary>
public static class NamedBars
{
    private const int RowHeight = 22;
    private const int BarHeight = 14;
    private const int MaxName = 200;
    private const int Gap = 8;
    private const TextSize Size = TextSize.Small;

    /// <summary>The bars, as wide as <see cref="PlotOptions.Width"/> and the texts beside them.</summary>
    /// <param name="bars">At least one; drawn from the top. Names wider than 200 px are shortened.</param>
    /// <param name="options">Default <see cref="PlotOptions"/>'s own.</param>
    /// <exception cref="ArgumentException">There is no bar, or an option is out of its range.</exception>
    public static Raster Draw(IReadOnlyList<(string Name, float Value)> bars, PlotOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(bars);
        ArgumentOutOfRangeException.ThrowIfZero(bars.Count, nameof(bars));
        options ??= new PlotOptions();
        options.Check();
        var finite = bars.Select(bar => bar.Value).Where(float.IsFinite).DefaultIfEmpty(0).ToList();
        double low = Math.Min(0, finite.Min()), high = Math.Max(0, finite.Max());
        var perUnit = low == high ? 0 : (options.Width - 1) / (high - low);
        var names = bars.Select(bar => TextRenderer.Shorten(bar.Name, Size, MaxName)).ToList();
        var left = names.Max(name => TextRenderer.Measure(name, Size)) + Gap;
        var zero = left + (int)Math.Round(-low * perUnit);
        var valueRoom = bars.Max(bar => TextRenderer.Measure(ColorBar.Format(bar.Value), Size)) + 2 * Gap;
        var canvas = Raster.Filled(left + options.Width + valueRoom, bars.Count * RowHeight, options.Background);
        for (var i = 0; i < bars.Count; i++)
        {
            var value = bars[i].Value;
            var y = i * RowHeight;
            var end = float.IsFinite(value) ? left + (int)Math.Round((value - low) * perUnit) : left + options.Width - 1;
            var (from, to) = (Math.Min(zero, end), Math.Max(zero, end));
            var textTop = y + (RowHeight - TextRenderer.LineHeight(Size)) / 2;
            Drawing.Fill(canvas, from, y + (RowHeight - BarHeight) / 2, to - from + 1, BarHeight, options.Color(value));
            TextRenderer.Draw(
                canvas, left - Gap - TextRenderer.Measure(names[i], Size), textTop, names[i], Size, options.TextColor);
            TextRenderer.Draw(canvas, to + Gap, textTop, ColorBar.Format(value), Size, options.TextColor);
        }

        Drawing.Fill(canvas, zero, 0, 1, canvas.Height, options.TextColor);
        return canvas;
    }
}
