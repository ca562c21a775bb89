using CnnViz.Imaging;
using CnnViz.V1;

namespace CnnViz.Render.Requests;

/// <summary>Checks the look a request asks for, before anything is computed.</summary>
internal static class TileStyles
{
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming each field out of its range; FAILED_PRECONDITION for a
    /// format whose encoder is not installed.</exception>
    public static TileStyle Check(TileStyle? style)
    {
        style ??= new TileStyle();
        var fields = new FieldChecks();
        fields.InRange("style.columns", style.HasColumns, style.Columns, 1, 1024);
        fields.InRange("style.scale", style.HasScale, style.Scale, 1, 64);
        fields.InRange("style.margin", style.HasMargin, style.Margin, 0, 64);
        fields.Known("style.color_map", style.ColorMap);
        fields.Known("style.normalization", style.Normalization);
        fields.Known("style.labels", style.Labels);
        fields.Known("style.format", style.Format);
        fields.InRange("style.quality", style.HasQuality, style.Quality, 1, 100);
        CheckPercentiles(style, fields);
        CheckColorBar(style, fields);
        CheckFormat(style, fields);
        if (style.Background.Length > 0 && !Rgb.TryParse(style.Background, out _))
        {
            fields.Refuse("style.background", "must have the form #rrggbb");
        }

        fields.Throw();
        PictureFormats.RequireEncoder(style.Format, PictureFormats.IsAvailable);
        return style;
    }

    private static void CheckPercentiles(TileStyle style, FieldChecks fields)
    {
        fields.InRange("style.low_percentile", style.HasLowPercentile, style.LowPercentile, 0, 100);
        fields.InRange("style.high_percentile", style.HasHighPercentile, style.HighPercentile, 0, 100);
        var (low, high) = (style.HasLowPercentile ? style.LowPercentile : 1, style.HasHighPercentile ? style.HighPercentile : 99);
        if (low >= high)
        {
            fields.Refuse(
                style.HasHighPercentile ? "style.high_percentile" : "style.low_percentile",
                FormattableString.Invariant($"the low percentile {low} must be below the high one, {high}"));
        }

        if (style.Normalization is Normalization.Percentile or Normalization.PercentilePerTile)
        {
            return;
        }

        const string reason = "is only for the normalizations PERCENTILE and PERCENTILE_PER_TILE";
        fields.RefuseIf(style.HasLowPercentile, "style.low_percentile", reason);
        fields.RefuseIf(style.HasHighPercentile, "style.high_percentile", reason);
    }

    private static void CheckColorBar(TileStyle style, FieldChecks fields)
    {
        var perTile = style.Normalization is Normalization.PerTile or Normalization.SymmetricPerTile
            or Normalization.PercentilePerTile or Normalization.KerasDeprocess;
        fields.RefuseIf(style.ColorBar && perTile, "style.color_bar", "needs one range for all tiles: another normalization");
    }

    private static void CheckFormat(TileStyle style, FieldChecks fields)
    {
        var webP = style.Format == PictureFormat.Webp;
        fields.RefuseIf(
            style.HasQuality && !webP && style.Format != PictureFormat.Jpeg, "style.quality", "is only for JPEG and WebP");
        fields.RefuseIf(style.HasLossless && !webP, "style.lossless", "is only for WebP");
        fields.RefuseIf(style.HasQuality && style.Lossless, "style.lossless", "cannot be true together with a quality");
    }
}
