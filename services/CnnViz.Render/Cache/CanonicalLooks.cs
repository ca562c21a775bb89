using CnnViz.Imaging;
using CnnViz.Imaging.Codecs;
using CnnViz.Imaging.Layout;
using CnnViz.Imaging.Normalization;
using CnnViz.Render.Requests;
using CnnViz.V1;

namespace CnnViz.Render.Cache;

/// <summary>
/// Looks in one form only: with the defaults filled in that are the same whatever is drawn, so that requests which mean the same
/// have one address. What depends on the numbers (columns, scale, ...) stays as it was sent.
/// </summary>
internal static class CanonicalLooks
{
    /// <summary>A look of filters or feature maps, which are captioned on ink by default.</summary>
    public static TileStyle OfTiles(TileStyle? style)
    {
        var look = Common(style, captionByDefault: true);
        look.Background = Background(look, Rgb.Ink);
        return look;
    }

    /// <summary>A look of a maximization, which has a caption only if asked for, and else a black sheet.</summary>
    public static TileStyle OfMaximization(TileStyle? style)
    {
        var look = Common(style, captionByDefault: false);
        look.Background = Background(look, look.Caption ? Rgb.Ink : Rgb.Black);
        if (!look.HasMargin)
        {
            look.Margin = GridOptions.KerasStitched.Margin!.Value;
        }

        return look;
    }

    /// <summary>An animation with its defaults; null for none.</summary>
    /// <param name="request">Checked.</param>
    public static Animation? OfAnimation(RenderMaximizationRequest request)
    {
        if (request.Animation?.Clone() is not { } animation)
        {
            return null;
        }

        animation.Format = animation.Format == AnimationFormat.Unspecified ? AnimationFormat.Apng : animation.Format;
        animation.Every = Animations.Interval(request);
        var defaults = new AnimationOptions();
        animation.FrameDelayMs = animation.HasFrameDelayMs ? animation.FrameDelayMs : (int)defaults.FrameDelay.TotalMilliseconds;
        animation.HoldMs = animation.HasHoldMs ? animation.HoldMs : (int)defaults.Hold.TotalMilliseconds;
        return animation;
    }

    private static TileStyle Common(TileStyle? style, bool captionByDefault)
    {
        var look = style?.Clone() ?? new TileStyle();
        look.Caption = look.HasCaption ? look.Caption : captionByDefault;
        look.Labels = look.Labels == TileLabels.Unspecified ? TileLabels.None : look.Labels;
        look.Format = look.Format == PictureFormat.Unspecified ? PictureFormat.Png : look.Format;
        if (look.Format == PictureFormat.Webp)
        {
            look.Lossless = PictureFormats.IsLossless(look);
        }

        if (look.Format == PictureFormat.Jpeg || look is { Format: PictureFormat.Webp, Lossless: false })
        {
            look.Quality = look.HasQuality ? look.Quality : JpegEncoder.DefaultQuality;
        }

        if (look.Normalization is Normalization.Percentile or Normalization.PercentilePerTile)
        {
            var defaults = new NormalizationOptions();
            look.LowPercentile = look.HasLowPercentile ? look.LowPercentile : defaults.LowPercentile;
            look.HighPercentile = look.HasHighPercentile ? look.HighPercentile : defaults.HighPercentile;
        }

        return look;
    }

    private static string Background(TileStyle look, Rgb otherwise)
    {
        var color = look.Background.Length == 0 ? otherwise : Rgb.Parse(look.Background);
        return $"#{color.R:x2}{color.G:x2}{color.B:x2}";
    }
}
