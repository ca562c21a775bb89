using System.Globalization;
using CnnViz.Imaging.Color;

namespace CnnViz.Imaging.Layout;

/// <summary>Tells which values the colours of a picture stand for.</summary>
/// <param name="Colors">The picture's colour map.</param>
/// <param name="Low">The value that became the first colour.</param>
/// <param name="High">The value that became the last colour.</param>
public sealed record ColorBar(ColorMap Colors, float Low, float High)
{
    private const int MaxWidth = 320;
    private const int BarHeight = 10;
    private const int Gap = 4;

    /// <summary>The height that <see cref="Draw"/> needs, in pixels.</summary>
    internal static int Height => BarHeight + Gap + TextRenderer.LineHeight(TextSize.Small);

    /// <summary>A value with three significant digits, a true minus sign and no grouping: "−0.0312", "1.5E+12", "0".</summary>
    public static string Format(float value)
    {
        if (!float.IsFinite(value))
            return value.ToString(CultureInfo.InvariantCulture);
        return value.ToString("G3", CultureInfo.InvariantCulture).Replace('-', '−');
    }

    /// <summary>
    /// Draws the bar, at most 320 px wide, from the left of the given room, its ends' values below, and the middle's where it
    /// fits.
    /// </summary>
    internal void Draw(Raster target, int x, int y, int room, Rgb textColor)
    {
        var width = Math.Min(MaxWidth, room);
        var values = new float[width];
        for (var i = 0; i < width; i++)
            values[i] = (i + 0.5f) / width;
        for (var row = 0; row < BarHeight; row++)
            Colors.Apply(values, target.Row(y + row).Slice(3 * x, 3 * width));

        string low = Format(Low), middle = Format((float)(((double)Low + High) / 2)), high = Format(High);
        int lowWidth = Measure(low), middleWidth = Measure(middle), highWidth = Measure(high);
        y += BarHeight + Gap;
        Text(low, x);
        if (width >= lowWidth + highWidth + Gap)
            Text(high, x + width - highWidth);
        // The middle one stands centred, so the wider of the two ends decides.
        if (width >= middleWidth + 2 * (Math.Max(lowWidth, highWidth) + 3 * Gap))
            Text(middle, x + (width - middleWidth) / 2);

        static int Measure(string text) => TextRenderer.Measure(text, TextSize.Small);
        void Text(string text, int at) => TextRenderer.Draw(target, at, y, text, TextSize.Small, textColor);
    }
}
