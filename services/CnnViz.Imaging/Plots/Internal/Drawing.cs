namespace CnnViz.Imaging.Plots;

/// <summary>Rectangles on an RGB raster.</summary>
internal static class Drawing
{
    /// <summary>Fills a rectangle; what lies beyond the raster is cut off.</summary>
    public static void Fill(Raster target, int x, int y, int width, int height, Rgb color)
    {
        var (left, right) = (Math.Max(0, x), Math.Min(target.Width, x + width));
        if (left >= right)
            return;
        for (var row = Math.Max(0, y); row < Math.Min(target.Height, y + height); row++)
            color.Fill(target.Row(row).Slice(3 * left, 3 * (right - left)));
    }

    /// <summary>Pictures one below the other, left-aligned.</summary>
    public static Raster Stack(IReadOnlyList<Raster> pictures, int gap, Rgb background)
    {
        var height = pictures.Sum(picture => picture.Height) + gap * (pictures.Count - 1);
        var canvas = Raster.Filled(pictures.Max(picture => picture.Width), height, background);
        var top = 0;
        foreach (var picture in pictures)
        {
            for (var row = 0; row < picture.Height; row++)
                picture.Row(row).CopyTo(canvas.Row(top + row));
            top += picture.Height + gap;
        }

        return canvas;
    }
}
