namespace CnnViz.Imaging.Layout;

/// <summary>Sets a picture in a frame with a title, a subtitle and a colour bar, left-aligned.</summary>
public static class Caption
{
    private const int NarrowWidth = 480;
    private const int TitleLines = 2;
    private const int SubtitleLines = 3;
    private const int TitleGap = 4;
    private const int PictureGap = 14;

    /// <summary>The framed picture, RGB. The canvas grows by the padding on all sides and by the text above or below
    /// and the colour bar below.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static Raster Add(Raster picture, CaptionOptions options)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Padding, "padding");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Padding, 1000, "padding");
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinWidth, 1, "minimum width");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MinWidth, 4096, "minimum width");

        var inner = Math.Max(picture.Width, options.MinWidth);
        var (titleSize, subtitleSize) = inner < NarrowWidth
            ? (TextSize.Medium, TextSize.Small)
            : (TextSize.Large, TextSize.Medium);
        var title = TextRenderer.Wrap(options.Title ?? "", titleSize, inner, TitleLines);
        var subtitle = TextRenderer.Wrap(options.Subtitle ?? "", subtitleSize, inner, SubtitleLines);
        var titleHeight = title.Count * TextRenderer.LineHeight(titleSize);
        var textHeight = titleHeight + subtitle.Count * TextRenderer.LineHeight(subtitleSize)
            + (title.Count > 0 && subtitle.Count > 0 ? TitleGap : 0);
        var band = textHeight == 0 ? 0 : textHeight + PictureGap;

        var padding = options.Padding;
        var legend = options.ColorBar is null ? 0 : PictureGap + ColorBar.Height;
        var canvas = Raster.Filled(inner + 2 * padding, picture.Height + legend + band + 2 * padding, options.Background);
        var above = options.Placement == CaptionPlacement.Above;
        var left = padding + (inner - picture.Width) / 2;
        var bottom = padding + (above ? band : 0) + picture.Height;
        Place(canvas, picture.ToRgb(options.Background), left, bottom - picture.Height);
        // Beneath a narrow picture the bar takes all the room there is, not the picture's.
        var barLeft = picture.Width < options.MinWidth ? padding : left;
        options.ColorBar?.Draw(canvas, barLeft, bottom + PictureGap, inner, options.SubtitleColor);
        var y = above ? padding : bottom + legend + PictureGap;
        y = DrawLines(canvas, title, padding, y, titleSize, options.TitleColor);
        if (title.Count > 0)
            y += TitleGap;
        DrawLines(canvas, subtitle, padding, y, subtitleSize, options.SubtitleColor);
        return canvas;
    }

    private static int DrawLines(Raster canvas, IReadOnlyList<string> lines, int x, int y, TextSize size, Rgb color)
    {
        foreach (var line in lines)
        {
            TextRenderer.Draw(canvas, x, y, line, size, color);
            y += TextRenderer.LineHeight(size);
        }

        return y;
    }

    private static void Place(Raster canvas, Raster picture, int x, int y)
    {
        for (var row = 0; row < picture.Height; row++)
            picture.Row(row).CopyTo(canvas.Row(y + row)[(3 * x)..]);
    }
}
