namespace CnnViz.Imaging.Normalization;

/// <summary>Gathers float values of either layout into a raster.</summary>
internal static class FloatPicture
{
    public static Picture Make(
        ReadOnlySpan<float> values, int width, int height, int channels, PixelLayout layout, int crop, Func<float, byte> toByte)
    {
        if (channels is not (1 or 3))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "A picture has 1 or 3 channels.");
        ArgumentOutOfRangeException.ThrowIfNegative(crop);
        if (2L * crop >= width || 2L * crop >= height)
            throw new ArgumentOutOfRangeException(
                nameof(crop), crop, $"Cropping {crop} pixels leaves nothing of {width}x{height}.");
        if (values.Length != (long)width * height * channels)
            throw new ArgumentException(
                $"{width}x{height}x{channels} needs {(long)width * height * channels} values, not {values.Length}.", nameof(values));

        var raster = new Raster(width - 2 * crop, height - 2 * crop, channels);
        var (pixelStep, channelStep) = layout == PixelLayout.ChannelsLast ? (channels, 1) : (1, width * height);
        long nonFinite = 0;
        for (var y = 0; y < raster.Height; y++)
        {
            var row = raster.Row(y);
            for (var x = 0; x < raster.Width; x++)
            {
                var index = ((y + crop) * width + x + crop) * pixelStep;
                var odd = 0;
                for (var c = 0; c < channels; c++)
                {
                    var value = values[index + c * channelStep];
                    if (float.IsFinite(value))
                        row[x * channels + c] = toByte(value);
                    else
                        odd++;
                }

                if (odd == 0)
                    continue;
                nonFinite += odd;
                Mark(row.Slice(x * channels, channels));
            }
        }

        return new Picture(raster, nonFinite);
    }

    private static void Mark(Span<byte> pixel)
    {
        if (pixel.Length == 1)
            pixel[0] = 0;
        else
            (pixel[0], pixel[1], pixel[2]) = (Rgb.NonFinite.R, Rgb.NonFinite.G, Rgb.NonFinite.B);
    }
}
