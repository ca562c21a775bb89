namespace CnnViz.Imaging.Layout;

/// <summary>
/// Draws single lines of antialiased text: printable ASCII, typographic quotes and ° ± ² µ · × – — … −.
/// Other characters appear as question marks.
/// </summary>
public static class TextRenderer
{
    private const string Ellipsis = "…";

    /// <summary>Pixels from one line's top to the next one's.</summary>
    public static int LineHeight(TextSize size)
    {
        var face = FontFace.Of(size);
        return face.Ascent + face.Descent;
    }

    /// <summary>The text's width in pixels.</summary>
    public static int Measure(ReadOnlySpan<char> text, TextSize size)
    {
        var face = FontFace.Of(size);
        var width = 0;
        foreach (var character in text)
            width += face[character].Advance;
        return width;
    }

    /// <summary>The text itself where it fits, else its beginning followed by "…", else nothing.</summary>
    public static string Shorten(string text, TextSize size, int maxWidth)
    {
        ArgumentNullException.ThrowIfNull(text);
        var face = FontFace.Of(size);
        var room = maxWidth - face[Ellipsis[0]].Advance;
        var width = 0;
        var keep = 0;
        for (var i = 0; i < text.Length; i++)
        {
            width += face[text[i]].Advance;
            if (width <= room)
                keep = i + 1;
            if (width > maxWidth)
                return keep == 0 ? "" : text[..keep].TrimEnd() + Ellipsis;
        }

        return text;
    }

    /// <summary>Breaks a text at spaces into lines that fit; the last line is shortened when there would be more.</summary>
    public static IReadOnlyList<string> Wrap(string text, TextSize size, int maxWidth, int maxLines)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLines, 1);
        var lines = new List<string>();
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var line = "";
        for (var i = 0; i < words.Length; i++)
        {
            var longer = line.Length == 0 ? words[i] : line + " " + words[i];
            if (line.Length == 0 || Measure(longer, size) <= maxWidth)
            {
                line = longer;
                continue;
            }

            if (lines.Count == maxLines - 1)
            {
                // Room for one more word than fits is enough to make Shorten put its mark.
                line = longer;
                break;
            }

            lines.Add(Shorten(line, size, maxWidth));
            line = words[i];
        }

        if (line.Length > 0)
            lines.Add(Shorten(line, size, maxWidth));
        return lines;
    }

    /// <summary>Draws a line of text; parts beyond the raster's edges are cut off.</summary>
    /// <param name="target">An RGB raster.</param>
    /// <param name="x">The pen's first position, in pixels from the left.</param>
    /// <param name="y">The line's top, in pixels; the baseline lies its ascent below.</param>
    /// <param name="text">What to draw.</param>
    /// <param name="size">How large.</param>
    /// <param name="color">Blended in by each pixel's coverage.</param>
    /// <exception cref="ArgumentException">The raster is not RGB.</exception>
    public static void Draw(Raster target, int x, int y, ReadOnlySpan<char> text, TextSize size, Rgb color)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Channels != 3)
            throw new ArgumentException("Text is drawn on RGB rasters only.", nameof(target));
        var face = FontFace.Of(size);
        foreach (var character in text)
        {
            var glyph = face[character];
            Draw(target, x + glyph.Left, y + face.Ascent - glyph.Top, glyph, color);
            x += glyph.Advance;
        }
    }

    private static void Draw(Raster target, int x, int y, Glyph glyph, Rgb color)
    {
        var coverage = glyph.Coverage.Span;
        for (var row = Math.Max(0, -y); row < glyph.Height && y + row < target.Height; row++)
        {
            var pixels = target.Row(y + row);
            for (var column = Math.Max(0, -x); column < glyph.Width && x + column < target.Width; column++)
            {
                int alpha = coverage[row * glyph.Width + column];
                var pixel = pixels.Slice(3 * (x + column), 3);
                pixel[0] = PixelConversion.Blend(color.R, pixel[0], alpha);
                pixel[1] = PixelConversion.Blend(color.G, pixel[1], alpha);
                pixel[2] = PixelConversion.Blend(color.B, pixel[2], alpha);
            }
        }
    }
}
