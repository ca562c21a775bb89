namespace CnnViz.Imaging;

/// <summary>Changes the number of channels of interleaved 8-bit pixels.</summary>
internal static class PixelConversion
{
    public static void ToRgb(ReadOnlySpan<byte> source, int channels, Rgb background, Span<byte> rgb)
    {
        if (channels == 1)
        {
            for (int i = 0, o = 0; i < source.Length; i++, o += 3)
                rgb[o] = rgb[o + 1] = rgb[o + 2] = source[i];
            return;
        }

        for (int i = 0, o = 0; i + 3 < source.Length; i += 4, o += 3)
        {
            int alpha = source[i + 3];
            rgb[o] = Blend(source[i], background.R, alpha);
            rgb[o + 1] = Blend(source[i + 1], background.G, alpha);
            rgb[o + 2] = Blend(source[i + 2], background.B, alpha);
        }
    }

    public static void ToGrey(ReadOnlySpan<byte> rgb, Span<byte> grey)
    {
        for (int i = 0, o = 0; o < grey.Length; i += 3, o++)
            grey[o] = (byte)((19595 * rgb[i] + 38470 * rgb[i + 1] + 7471 * rgb[i + 2] + 32768) >> 16);
    }

    /// <summary>over * alpha / 255 + under * (255 - alpha) / 255, rounded.</summary>
    public static byte Blend(int over, int under, int alpha) => (byte)((over * alpha + under * (255 - alpha) + 127) / 255);
}
