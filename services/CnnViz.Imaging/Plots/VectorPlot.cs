using CnnViz.Imaging.Layout;

namespace CnnViz.Imaging.Plots;

/// <summary>
/// A vector as bars from zero, one per value, over numbered positions; a vector longer than the plot is wide as a line whose
/// every column spans its values' range. NaN and infinities stand as full-height bars of <see cref="Rgb.NonFinite"/>.
/// </summary>
public static class VectorPlot
{
    private const int MaxBar = 40;
    private const int TextGap = 6;
    private const int TickLength = 4;
    private const TextSize Size = TextSize.Small;

    /// <summary>The plot with its axes and labels.</summary>
    /// <param name="values">At least one.</param>
    /// <param name="options">Default <see cref="PlotOptions"/>'s own.</param>
    /// <exception cref="ArgumentException">There is no value, or an option is out of its range.</exception>
    public static Raster Draw(ReadOnlySpan<float> values, PlotOptions? options = null)
    {
        options ??= new PlotOptions();
        options.Check();
        ArgumentOutOfRangeException.ThrowIfZero(values.Length, nameof(values));
        var axis = ValueAxis.Of(values);
        var line = TextRenderer.LineHeight(Size);
        var slot = Math.Min(MaxBar, options.Width / values.Length);
        var width = slot == 0 ? options.Width : slot * values.Length;
        var numbers = axis.Ticks.Max(tick => TextRenderer.Measure(ColorBar.Format((float)tick), Size));
        var left = Math.Max(numbers, options.AxisRoom) + TextGap + TickLength;
        var top = (options.ValueLabel.Length == 0 ? line / 2 : line + TextGap) + 2;
        var below = TickLength + line + (options.PositionLabel.Length == 0 ? 0 : line + 2);
        var room = Math.Max(width, TextRenderer.Measure(options.PositionLabel, Size));
        var fullWidth = Math.Max(left + room, TextRenderer.Measure(options.ValueLabel, Size)) + TextGap;
        var canvas = Raster.Filled(fullWidth, top + options.Height + below, options.Background);

        TextRenderer.Draw(canvas, 0, 0, options.ValueLabel, Size, options.TextColor);
        DrawValueAxis(canvas, axis, left, top, width, options);
        if (slot > 0)
            DrawBars(canvas, values, axis, left, top, slot, options);
        else
            DrawLine(canvas, values, axis, left, top, options);
        Drawing.Fill(canvas, left, top + axis.Place(0, options.Height), width, 1, options.TextColor);
        DrawPositions(canvas, values.Length, left, top + options.Height, width, options);
        var x = left + Math.Max(0, (width - TextRenderer.Measure(options.PositionLabel, Size)) / 2);
        TextRenderer.Draw(
            canvas, x, top + options.Height + TickLength + line + 2, options.PositionLabel, Size, options.TextColor);
        return canvas;
    }

    private static void DrawValueAxis(Raster canvas, ValueAxis axis, int left, int top, int width, PlotOptions options)
    {
        Drawing.Fill(canvas, left - 1, top, 1, options.Height, options.TextColor);
        foreach (var tick in axis.Ticks)
        {
            var y = top + axis.Place(tick, options.Height);
            Drawing.Fill(canvas, left, y, width, 1, options.Faint);
            Drawing.Fill(canvas, left - TickLength, y, TickLength, 1, options.TextColor);
            var text = ColorBar.Format((float)tick);
            var x = left - TickLength - TextGap + 2 - TextRenderer.Measure(text, Size);
            TextRenderer.Draw(canvas, x, y - TextRenderer.LineHeight(Size) / 2, text, Size, options.TextColor);
        }
    }

    private static void DrawBars(
        Raster canvas, ReadOnlySpan<float> values, ValueAxis axis, int left, int top, int slot, PlotOptions options)
    {
        var gap = slot >= 8 ? 2 : slot >= 3 ? 1 : 0;
        for (var i = 0; i < values.Length; i++)
        {
            var (high, low) = Rows(values[i], axis, options.Height);
            Drawing.Fill(canvas, left + i * slot + gap, top + high, slot - gap, low - high + 1, options.Color(values[i]));
        }
    }

    private static void DrawLine(
        Raster canvas, ReadOnlySpan<float> values, ValueAxis axis, int left, int top, PlotOptions options)
    {
        for (var x = 0; x < options.Width; x++)
        {
            var (from, to) = ((long)x * values.Length / options.Width, (x + 1L) * values.Length / options.Width);
            // The last value of the column before joins in, so that the line has no gaps.
            var part = values[(int)Math.Max(0, from - 1)..(int)to];
            float least = float.PositiveInfinity, most = float.NegativeInfinity;
            foreach (var value in part)
            {
                // One value that is no number marks its whole column.
                least = float.IsFinite(value) ? Math.Min(least, value) : float.NaN;
                most = float.IsFinite(value) ? Math.Max(most, value) : float.NaN;
                if (float.IsNaN(least))
                    break;
            }

            var (high, low) = float.IsNaN(least)
                ? (0, options.Height - 1)
                : (axis.Place(most, options.Height), axis.Place(least, options.Height));
            Drawing.Fill(
                canvas, left + x, top + high, 1, low - high + 1, float.IsNaN(least) ? Rgb.NonFinite : options.PositiveColor);
        }
    }

    /// <summary>A bar's rows, from zero to its value; the whole height for a value that is no number.</summary>
    private static (int High, int Low) Rows(float value, ValueAxis axis, int height) =>
        float.IsFinite(value)
            ? (axis.Place(Math.Max(0, value), height), axis.Place(Math.Min(0, value), height))
            : (0, height - 1);

    private static void DrawPositions(Raster canvas, int count, int left, int y, int width, PlotOptions options)
    {
        // As many numbers as have room, at least one digit's width between them.
        var widest = TextRenderer.Measure($"{count - 1}0", Size) + TextGap;
        var step = (int)Math.Max(1, ValueAxis.RoundStep((double)count * widest / width));
        for (var i = 0; i < count; i += step)
        {
            var center = left + (int)((i + 0.5) * width / count);
            Drawing.Fill(canvas, center, y, 1, TickLength, options.TextColor);
            var text = i.ToString(System.Globalization.CultureInfo.InvariantCulture);
            TextRenderer.Draw(
                canvas, center - TextRenderer.Measure(text, Size) / 2, y + TickLength, text, Size, options.TextColor);
        }
    }
}
