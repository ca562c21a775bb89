namespace CnnViz.Imaging.Geometry;

/// <summary>
/// Antialiased bilinear scaling: a triangle filter one pixel wide to each side, widened by the scale when shrinking. Pixels
/// beyond the border do not count and the rest are weighted up. This is what PIL calls BILINEAR.
/// </summary>
public static class Resizer
{
    /// <summary>Scales to bytes, rounded to the nearest.</summary>
    /// <param name="source">Grey, RGB, or RGBA; alpha is blended over the background first.</param>
    /// <param name="width">Wanted width in pixels, at least 1.</param>
    /// <param name="height">Wanted height in pixels, at least 1.</param>
    /// <param name="policy">What to do about a different shape. Default Stretch.</param>
    /// <param name="background">Under alpha and in a letterbox's bars. Default black; a grey picture takes its luma.</param>
    /// <returns>A raster of the wanted size, with 1 channel for a grey source and 3 for others.</returns>
    /// <exception cref="ArgumentException">A size is out of range.</exception>
    public static Raster Resize(
        Raster source, int width, int height, ResizePolicy policy = ResizePolicy.Stretch, Rgb? background = null)
    {
        source = Opaque(source, background);
        var result = new Raster(width, height, source.Channels);
        var plan = FitPlan.Make(source, width, height, policy);
        if (!plan.Fills(width, height))
            Background(source, background).CopyToAll(result.Pixels);
        using var resampler = new Resampler(source, plan.Box, plan.Width, plan.Height);
        for (var y = 0; y < plan.Height; y++)
        {
            var values = resampler.Row(y);
            var row = result.Row(plan.Y + y)[(plan.X * source.Channels)..];
            for (var i = 0; i < values.Length; i++)
                row[i] = (byte)Math.Clamp(values[i] + 0.5f, 0, 255);
        }

        return result;
    }

    /// <summary>Scales to floats in 0..255, not rounded: the form that a network's preprocessing starts from.</summary>
    /// <param name="source">Grey, RGB, or RGBA; alpha is blended over the background first.</param>
    /// <param name="width">Wanted width in pixels, at least 1.</param>
    /// <param name="height">Wanted height in pixels, at least 1.</param>
    /// <param name="layout">Where the channels go.</param>
    /// <param name="destination">Receives width * height values for a grey source, three times as many (RGB order) for
    /// others.</param>
    /// <param name="policy">What to do about a different shape. Default Stretch.</param>
    /// <param name="background">Under alpha and in a letterbox's bars. Default black; a grey picture takes its luma.</param>
    /// <exception cref="ArgumentException">A size is out of range, or the destination is too short.</exception>
    public static void ResizeToFloat(
        Raster source,
        int width,
        int height,
        PixelLayout layout,
        Span<float> destination,
        ResizePolicy policy = ResizePolicy.Stretch,
        Rgb? background = null)
    {
        source = Opaque(source, background);
        var plan = FitPlan.Make(source, width, height, policy);
        var channels = source.Channels;
        var length = (long)width * height * channels;
        if (destination.Length < length)
            throw new ArgumentException(
                $"{width}x{height}x{channels} needs {length} values, not {destination.Length}.", nameof(destination));
        destination = destination[..(int)length];
        var (pixelStep, channelStep) = layout == PixelLayout.ChannelsLast ? (channels, 1) : (1, width * height);
        if (!plan.Fills(width, height))
        {
            var fill = Background(source, background);
            for (var i = 0; i < width * height; i++)
            {
                for (var c = 0; c < channels; c++)
                    destination[i * pixelStep + c * channelStep] = fill[c];
            }
        }

        using var resampler = new Resampler(source, plan.Box, plan.Width, plan.Height);
        for (var y = 0; y < plan.Height; y++)
        {
            var values = resampler.Row(y);
            var start = ((plan.Y + y) * width + plan.X) * pixelStep;
            for (var x = 0; x < plan.Width; x++)
            {
                for (var c = 0; c < channels; c++)
                    destination[start + x * pixelStep + c * channelStep] = values[x * channels + c];
            }
        }
    }

    private static Raster Opaque(Raster source, Rgb? background)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Channels == 4 ? source.ToRgb(background ?? Rgb.Black) : source;
    }

    private static byte[] Background(Raster source, Rgb? background)
    {
        var pixel = Raster.Filled(1, 1, background ?? Rgb.Black);
        return source.Channels == 1 ? pixel.ToGrey().Pixels : pixel.Pixels;
    }

    private static void CopyToAll(this byte[] pixel, Span<byte> pixels)
    {
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = pixel[i % pixel.Length];
    }
}
