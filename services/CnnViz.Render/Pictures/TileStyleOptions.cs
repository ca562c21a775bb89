using CnnViz.Imaging;
using CnnViz.Imaging.Layout;
using CnnViz.Imaging.Normalization;
using CnnViz.Render.Requests;
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

    public static NormalizationOptions Ranges(this TileStyle style, NormalizationMode otherwise)
    {
        var options = new NormalizationOptions
        {
            Mode = style.Normalization switch
            {
                Normalization.Global => NormalizationMode.MinMax,
                Normalization.PerTile => NormalizationMode.MinMaxPerTile,
                Normalization.Symmetric => NormalizationMode.Symmetric,
                Normalization.SymmetricPerTile => NormalizationMode.SymmetricPerTile,
                Normalization.Percentile => NormalizationMode.Percentile,
                Normalization.PercentilePerTile => NormalizationMode.PercentilePerTile,
                Normalization.KerasDeprocess => NormalizationMode.StandardizePerTile,
                _ => otherwise,
            },
        };
        return options with
        {
            LowPercentile = style.HasLowPercentile ? style.LowPercentile : options.LowPercentile,
            HighPercentile = style.HasHighPercentile ? style.HighPercentile : options.HighPercentile,
        };
    }

    /// <summary>The words a caption uses for what is mapped to the ends of the colour map.</summary>
    public static string Words(this NormalizationOptions options, NormalizationResult result)
    {
        var (low, high) = (ColorBar.Format(result.Ranges[0].Low), ColorBar.Format(result.Ranges[0].High));
        var percentiles = FormattableString.Invariant($"percentiles {options.LowPercentile:G4} to {options.HighPercentile:G4}");
        return options.Mode switch
        {
            NormalizationMode.MinMaxPerTile => "each tile over its own range",
            NormalizationMode.Symmetric => $"zero in the middle, ends at ±{high}",
            NormalizationMode.SymmetricPerTile => "zero in the middle, each tile over its own range",
            NormalizationMode.Percentile => $"{percentiles}: {low} to {high}",
            NormalizationMode.PercentilePerTile => $"each tile over its {percentiles}",
            NormalizationMode.StandardizePerTile => "each tile's mean in the middle, its contrast made equal",
            _ => $"{low} to {high}",
        };
    }

    public static Rgb BackgroundOr(this TileStyle style, Rgb otherwise) =>
        style.Background.Length == 0 ? otherwise : Rgb.Parse(style.Background);

    /// <summary>The grid's options; what the request leaves open is taken from <paramref name="defaults"/>.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT when the picture would be too large for the limit or the
    /// format.</exception>
    public static GridOptions Grid(this TileStyle style, GridOptions defaults, int tiles, int tileWidth, int tileHeight)
    {
        var background = style.BackgroundOr(defaults.Background);
        var options = defaults with
        {
            Columns = style.HasColumns ? style.Columns : defaults.Columns,
            Scale = style.HasScale ? style.Scale : defaults.Scale,
            Margin = style.HasMargin ? style.Margin : defaults.Margin,
            Background = background,
            LabelColor = TextColors.On(background).Subtitle,
        };
        try
        {
            var plan = GridGeometry.Plan(tiles, tileWidth, tileHeight, options);
            PictureFormats.RequireSize(style.Format, plan.Width, plan.Height);
        }
        catch (ArgumentException exception)
        {
            throw RpcErrors.InvalidArgument(("style", $"{tiles} tiles of {tileWidth}x{tileHeight}: {exception.Message}"));
        }

        return options;
    }

    /// <summary>Tiles per row of so many tiles.</summary>
    public static int ColumnsOf(this GridOptions grid, int tiles) =>
        Math.Min(tiles, grid.Columns ?? GridGeometry.NearSquareColumns(tiles));

    /// <summary>
    /// The bar that tells the values of a picture's colours; null where none is wanted, or by default where tiles differ.
    /// </summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT when a bar is asked for and each tile has its own
    /// range.</exception>
    public static ColorBar? Bar(this TileStyle style, ColorMap colors, NormalizationResult result, bool captionByDefault)
    {
        var captioned = style.HasCaption ? style.Caption : captionByDefault;
        var shared = result.Ranges.Count == 1;
        if (style.ColorBar && !shared)
        {
            throw RpcErrors.InvalidArgument(("style.color_bar", "needs one range for all tiles: another normalization"));
        }

        return shared && (style.HasColorBar ? style.ColorBar : captioned)
            ? new ColorBar(colors, result.Ranges[0].Low, result.Ranges[0].High)
            : null;
    }

    /// <summary>Encodes a drawn picture, with its caption above it if the style or the default says so.</summary>
    public static FinishedPicture Finish(this TileStyle style, Drawn drawn, bool captionByDefault)
    {
        var captioned = style.HasCaption ? style.Caption : captionByDefault;
        var background = style.BackgroundOr(Rgb.Ink);
        var (title, subtitle) = TextColors.On(background);
        var framed = captioned || drawn.Bar is not null
            ? Caption.Add(drawn.Canvas, new CaptionOptions
            {
                Title = captioned ? drawn.Title : "",
                Subtitle = captioned ? drawn.Subtitle : "",
                ColorBar = drawn.Bar,
                Background = background,
                TitleColor = title,
                SubtitleColor = subtitle,
            })
            : drawn.Canvas;
        var (file, mediaType) = style.Encode(framed);
        return new FinishedPicture(
            file, mediaType, framed.Width, framed.Height, drawn.Columns, drawn.Tiles, $"{drawn.Title} — {drawn.Subtitle}");
    }
}
