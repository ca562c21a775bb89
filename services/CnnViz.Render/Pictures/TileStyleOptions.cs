using CnnViz.Imaging;
using CnnViz.Imaging.Layout;
using CnnViz.Imaging.Normalization;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;
using ColorMap = CnnViz.Imaging.Color.ColorMap;

namespace CnnViz.Render.Pictures;

/// <summary>A checked look as the imaging library's options.</summary>
internal static class TileStyleOptions
{
    public static ColorMap Colors(this TileStyle style, ColorMap otherwise) => style.ColorMap switch
    {
        V1.ColorMap.Gray => ColorMap.Grey,
        V1.ColorMap.Viridis => ColorMap.Viridis,
        V1.ColorMap.Magma => ColorMap.Magma,
        V1.ColorMap.Diverging => ColorMap.Diverging,
        _ => otherwise,
    };

    public static NormalizationMode Mode(this TileStyle style, NormalizationMode otherwise) => style.Normalization switch
    {
        Normalization.Global => NormalizationMode.MinMax,
        Normalization.PerTile => NormalizationMode.MinMaxPerTile,
        Normalization.Symmetric => NormalizationMode.Symmetric,
        _ => otherwise,
    };

    /// <summary>The words a caption uses for what is mapped to the ends of the colour map.</summary>
    public static string Words(this NormalizationMode mode, NormalizationResult result) => mode switch
    {
        NormalizationMode.MinMaxPerTile => "each tile over its own range",
        NormalizationMode.Symmetric => FormattableString.Invariant($"zero in the middle, ends at ±{result.Ranges[0].High:G3}"),
        _ => FormattableString.Invariant($"{result.Ranges[0].Low:G3} to {result.Ranges[0].High:G3}"),
    };

    /// <summary>The grid's options; what the request leaves open is taken from <paramref name="defaults"/>.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT when the picture would be too large.</exception>
    public static GridOptions Grid(this TileStyle style, GridOptions defaults, int tiles, int tileWidth, int tileHeight)
    {
        var options = defaults with
        {
            Columns = style.HasColumns ? style.Columns : defaults.Columns,
            Scale = style.HasScale ? style.Scale : defaults.Scale,
            Margin = style.HasMargin ? style.Margin : defaults.Margin,
        };
        try
        {
            GridGeometry.Plan(tiles, tileWidth, tileHeight, options);
        }
        catch (ArgumentException exception)
        {
            throw RpcErrors.InvalidArgument(("style", $"{tiles} tiles of {tileWidth}x{tileHeight}: {exception.Message}"));
        }

        return options;
    }

    /// <summary>Encodes a canvas, with its caption drawn above it if the style or the default says so.</summary>
    public static FinishedPicture Finish(
        this TileStyle style, Raster canvas, GridOptions grid, int tiles, (string Title, string Subtitle) words, bool captionByDefault)
    {
        var drawn = style.HasCaption ? style.Caption : captionByDefault;
        var framed = drawn ? Caption.Add(canvas, new CaptionOptions { Title = words.Title, Subtitle = words.Subtitle }) : canvas;
        var columns = Math.Min(tiles, grid.Columns ?? GridGeometry.NearSquareColumns(tiles));
        var png = Imaging.Codecs.PngEncoder.Encode(framed);
        return new FinishedPicture(png, framed.Width, framed.Height, columns, tiles, $"{words.Title} — {words.Subtitle}");
    }
}
