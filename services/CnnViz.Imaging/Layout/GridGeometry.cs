namespace CnnViz.Imaging.Layout;

/// <summary>Where the tiles of a grid lie, in canvas pixels.</summary>
/// <param name="Columns">Tiles per row.</param>
/// <param name="Rows">Rows of tiles; the last may be incomplete.</param>
/// <param name="Scale">Canvas pixels per tile pixel.</param>
/// <param name="TileWidth">A tile's width after scaling.</param>
/// <param name="TileHeight">A tile's height after scaling, without its label.</param>
/// <param name="LabelHeight">The band below each tile for its label; 0 without labels.</param>
/// <param name="Margin">Between tiles.</param>
/// <param name="OuterMargin">Around the grid.</param>
/// <param name="Width">Of the canvas.</param>
/// <param name="Height">Of the canvas.</param>
public sealed record GridGeometry(
    int Columns, int Rows, int Scale, int TileWidth, int TileHeight, int LabelHeight, int Margin, int OuterMargin, int Width, int Height)
{
    private const int AutomaticTile = 96;
    private const int AutomaticCanvas = 1024;
    private const int MinMargin = 2;
    private const int MaxMargin = 8;

    /// <summary>Above and below a label's line.</summary>
    internal const int LabelGap = 3;

    /// <summary>Plans a grid without drawing it: cheap enough to check a request with.</summary>
    /// <param name="count">Number of tiles, at least 1.</param>
    /// <param name="tileWidth">A tile's width in pixels, before scaling.</param>
    /// <param name="tileHeight">A tile's height in pixels, before scaling.</param>
    /// <param name="options">Default <see cref="GridOptions.Gallery"/>.</param>
    /// <exception cref="ArgumentException">An option is out of range, the labels are not one per tile, or the canvas
    /// would exceed its limit.</exception>
    public static GridGeometry Plan(int count, int tileWidth, int tileHeight, GridOptions? options = null)
    {
        options ??= GridOptions.Gallery;
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tileWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tileHeight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Columns ?? 1, 1, "columns");
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Scale ?? 1, 1, "scale");
        ArgumentOutOfRangeException.ThrowIfNegative(options.Margin ?? 0, "margin");
        ArgumentOutOfRangeException.ThrowIfNegative(options.OuterMargin, "outer margin");
        if (options.Labels is { } labels && labels.Count != count)
            throw new ArgumentException($"{count} tiles need as many labels, not {labels.Count}.", nameof(options));

        // More columns than tiles would leave an empty strip.
        var columns = Math.Min(count, options.Columns ?? NearSquareColumns(count));
        var rows = (count + columns - 1) / columns;
        var scale = options.Scale ?? AutomaticScale(columns, rows, tileWidth, tileHeight, options.Margin ?? MinMargin);
        var longer = (long)Math.Max(tileWidth, tileHeight) * scale;
        var margin = options.Margin ?? (int)Math.Clamp(longer / 16, MinMargin, MaxMargin);
        var labelHeight = options.Labels is null ? 0 : LabelGap + TextRenderer.LineHeight(TextSize.Small) + LabelGap;
        var width = Extent(columns, (long)tileWidth * scale, margin, options.OuterMargin);
        var height = Extent(rows, (long)tileHeight * scale + labelHeight, margin, options.OuterMargin);
        if (width * height > options.MaxPixels || width > int.MaxValue || height > int.MaxValue)
            throw new ArgumentException(
                $"The grid would be {width}x{height} pixels; the limit is {options.MaxPixels} in all.", nameof(options));
        return new GridGeometry(
            columns, rows, scale, tileWidth * scale, tileHeight * scale, labelHeight, margin, options.OuterMargin, (int)width, (int)height);
    }

    /// <summary>
    /// Tiles per row that look best: from the square root of the count up to one and a half times as many, those that leave
    /// the fewest places of the last row empty; the squarer of equals. 64 tiles make 8 columns, 32 make 8, 30 make 6.
    /// </summary>
    public static int NearSquareColumns(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var least = (int)Math.Ceiling(Math.Sqrt(count));
        var most = Math.Max(least, (int)(1.5 * Math.Sqrt(count)));
        return Enumerable.Range(least, most - least + 1).MinBy(columns => (columns - count % columns) % columns);
    }

    /// <summary>The canvas position of a tile's upper left pixel.</summary>
    public (int X, int Y) Position(int index) => (
        OuterMargin + index % Columns * (TileWidth + Margin),
        OuterMargin + index / Columns * (TileHeight + LabelHeight + Margin));

    // Int128: three ints multiplied may pass a long; the limit check must see the true value.
    private static Int128 Extent(int tiles, Int128 cell, Int128 margin, Int128 outerMargin) =>
        tiles * cell + (tiles - 1) * margin + 2 * outerMargin;

    private static int AutomaticScale(int columns, int rows, int tileWidth, int tileHeight, int margin)
    {
        var byTile = AutomaticTile / Math.Max(tileWidth, tileHeight);
        var byWidth = (AutomaticCanvas / columns - margin) / tileWidth;
        var byHeight = (AutomaticCanvas / rows - margin) / tileHeight;
        return Math.Max(1, Math.Min(byTile, Math.Min(byWidth, byHeight)));
    }
}
