using System.Buffers;
using CnnViz.Imaging.Color;

namespace CnnViz.Imaging.Layout;

/// <summary>Composes equally large tiles, row by row from the upper left, into one RGB picture.</summary>
public static class TileGrid
{
    /// <summary>Composes pictures; grey ones are shown as they are, alpha is blended over the canvas.</summary>
    /// <param name="tiles">At least one; all of the same width and height.</param>
    /// <param name="options">Default <see cref="GridOptions.Gallery"/>.</param>
    /// <exception cref="ArgumentException">The tiles differ in size, or <see cref="GridGeometry.Plan"/> refuses.</exception>
    public static Raster Compose(IReadOnlyList<Raster> tiles, GridOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tiles);
        ArgumentOutOfRangeException.ThrowIfZero(tiles.Count, nameof(tiles));
        options ??= GridOptions.Gallery;
        var first = tiles[0];
        if (tiles.FirstOrDefault(t => t.Width != first.Width || t.Height != first.Height) is { } other)
            throw new ArgumentException(
                $"Tiles differ in size: {first.Width}x{first.Height} and {other.Width}x{other.Height}.", nameof(tiles));
        var plan = GridGeometry.Plan(tiles.Count, first.Width, first.Height, options);
        var canvas = Raster.Filled(plan.Width, plan.Height, options.Background);
        for (var i = 0; i < tiles.Count; i++)
            Draw(canvas, plan, i, tiles[i].ToRgb(options.Background).Pixels, first.Width);
        DrawLabels(canvas, plan, options);
        return canvas;
    }

    /// <summary>Colours normalised values and composes them, without a raster per tile.</summary>
    /// <param name="values">Tiles one after the other, each tileHeight x tileWidth, row-major, values in 0..1
    /// (see <see cref="Normalization.Normalizer"/>).</param>
    /// <param name="tileWidth">A tile's width in pixels, before scaling.</param>
    /// <param name="tileHeight">A tile's height in pixels, before scaling.</param>
    /// <param name="colors">The colours of 0..1; NaN and infinities get <see cref="Rgb.NonFinite"/>.</param>
    /// <param name="options">Default <see cref="GridOptions.Gallery"/>.</param>
    /// <exception cref="ArgumentException">The values are not at least one whole tile, or <see cref="GridGeometry.Plan"/>
    /// refuses.</exception>
    public static Raster Compose(
        ReadOnlySpan<float> values, int tileWidth, int tileHeight, ColorMap colors, GridOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(colors);
        ArgumentOutOfRangeException.ThrowIfLessThan(tileWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tileHeight, 1);
        options ??= GridOptions.Gallery;
        var area = (long)tileWidth * tileHeight;
        if (values.IsEmpty || values.Length % area != 0)
            throw new ArgumentException(
                $"{values.Length} values are not whole tiles of {tileWidth}x{tileHeight}.", nameof(values));
        var count = (int)(values.Length / area);
        var plan = GridGeometry.Plan(count, tileWidth, tileHeight, options);
        var canvas = Raster.Filled(plan.Width, plan.Height, options.Background);
        var length = checked((int)(3 * area));
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            for (var i = 0; i < count; i++)
            {
                colors.Apply(values.Slice(i * (int)area, (int)area), rented);
                Draw(canvas, plan, i, rented.AsSpan(0, length), tileWidth);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        DrawLabels(canvas, plan, options);
        return canvas;
    }

    private static void Draw(Raster canvas, GridGeometry plan, int index, ReadOnlySpan<byte> rgb, int tileWidth)
    {
        var (x, y) = plan.Position(index);
        var stride = 3 * tileWidth;
        for (var row = 0; row * stride < rgb.Length; row++)
        {
            var top = y + row * plan.Scale;
            var target = canvas.Row(top).Slice(3 * x, 3 * plan.TileWidth);
            Widen(rgb.Slice(row * stride, stride), plan.Scale, target);
            for (var copy = 1; copy < plan.Scale; copy++)
                target.CopyTo(canvas.Row(top + copy)[(3 * x)..]);
        }
    }

    /// <summary>Repeats each pixel.</summary>
    private static void Widen(ReadOnlySpan<byte> rgb, int scale, Span<byte> target)
    {
        if (scale == 1)
        {
            rgb.CopyTo(target);
            return;
        }

        for (int i = 0, o = 0; i < rgb.Length; i += 3, o += 3 * scale)
            new Rgb(rgb[i], rgb[i + 1], rgb[i + 2]).Fill(target.Slice(o, 3 * scale));
    }

    private static void DrawLabels(Raster canvas, GridGeometry plan, GridOptions options)
    {
        for (var i = 0; i < (options.Labels?.Count ?? 0); i++)
        {
            var text = TextRenderer.Shorten(options.Labels![i], TextSize.Small, plan.TileWidth);
            var (x, y) = plan.Position(i);
            var indent = (plan.TileWidth - TextRenderer.Measure(text, TextSize.Small)) / 2;
            TextRenderer.Draw(
                canvas, x + indent, y + plan.TileHeight + GridGeometry.LabelGap, text, TextSize.Small, options.LabelColor);
        }
    }
}
