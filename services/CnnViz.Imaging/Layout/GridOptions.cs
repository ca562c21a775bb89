namespace CnnViz.Imaging.Layout;

/// <summary>How equally large tiles are laid out.</summary>
public sealed record GridOptions
{
    /// <summary>Dark canvas, near-square, small tiles enlarged, a narrow margin.</summary>
    public static GridOptions Gallery { get; } = new();

    /// <summary>
    /// The stitched grid of the Keras example: 8 columns, tiles as they are, a black margin of 5 px between tiles and none
    /// outside. 64 tiles of 130 x 130 make exactly 1075 x 1075.
    /// </summary>
    public static GridOptions KerasStitched { get; } = new() { Columns = 8, Scale = 1, Margin = 5, Background = Rgb.Black };

    /// <summary>Tiles per row, at least 1. Default null: <see cref="GridGeometry.NearSquareColumns"/>.</summary>
    public int? Columns { get; init; }

    /// <summary>
    /// Canvas pixels per tile pixel, at least 1, nearest neighbour. Default null: the largest that keeps a tile's longer side
    /// within 96 px and the canvas within about 1024 px, and at least 1.
    /// </summary>
    public int? Scale { get; init; }

    /// <summary>
    /// Canvas pixels between tiles, 0 or more. Default null: a sixteenth of a scaled tile's longer side, at least 2 and at most
    /// 8.
    /// </summary>
    public int? Margin { get; init; }

    /// <summary>Canvas pixels around the whole grid, 0 or more. Default 0.</summary>
    public int OuterMargin { get; init; }

    /// <summary>The canvas, also under tiles with alpha. Default <see cref="Rgb.Ink"/>.</summary>
    public Rgb Background { get; init; } = Rgb.Ink;

    /// <summary>
    /// One text per tile, drawn centred below it in 13 px, shortened with "…" where it is wider than its tile. Default none.
    /// </summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Default <see cref="Rgb.Slate"/>.</summary>
    public Rgb LabelColor { get; init; } = Rgb.Slate;

    /// <summary>Largest canvas in pixels. Default 40,000,000.</summary>
    public long MaxPixels { get; init; } = ImageLimits.Default.MaxPixels;
}
