using System.Buffers;

namespace CnnViz.Imaging.Codecs;

/// <summary>
/// Reads JPEG (baseline, extended and progressive, 8 bits, Huffman coded) by libjpeg-turbo, which is loaded at first
/// use. The result is grey or RGB;
/// CMYK and YCCK, stored inverted as all known encoders do, become RGB by multiplying with black
/// (only where all four are sampled alike or cyan and black are). EXIF orientation and
/// embedded profiles are ignored.
/// </summary>
public static class JpegDecoder
{
    /// <summary>Whether libturbojpeg is installed; without it <see cref="Decode"/> fails with reason DecoderMissing.</summary>
    public static bool IsAvailable => TurboJpeg.IsAvailable;

    /// <summary>Whether the bytes start with JPEG's start-of-image marker.</summary>
    public static bool IsJpeg(ReadOnlySpan<byte> file) => JpegHeader.IsJpeg(file);

    /// <summary>Decodes a whole file. Size, scans and completeness are checked before pixels get memory.</summary>
    /// <exception cref="ImageFormatException">The bytes are not a JPEG within <paramref name="limits"/> (default
    /// <see cref="ImageLimits.Default"/>).</exception>
    public static Raster Decode(ReadOnlySpan<byte> file, ImageLimits? limits = null)
    {
        limits ??= ImageLimits.Default;
        limits.CheckBytes(file.Length);
        if (!IsJpeg(file))
            throw new ImageFormatException(
                ImageFormatReason.UnknownFormat, "The bytes do not start with JPEG's start-of-image marker.");
        var header = JpegHeader.Parse(file, limits);
        // Every 8x8 block of the first component costs at least one bit, so less than this cannot be a picture of that size.
        var blocks = (header.Width + 7L) / 8 * ((header.Height + 7L) / 8);
        if (blocks > file.Length * 8L)
            throw ImageFormatException.Truncated($"{file.Length} bytes cannot hold {header.Width}x{header.Height} pixels");
        var decoder = TurboJpeg.Instance;
        if (header.Components == 4)
            return DecodeCmyk(decoder, file, header);
        var raster = new Raster(header.Width, header.Height, header.Components);
        var format = header.Components == 1 ? TurboJpeg.PixelsGrey : TurboJpeg.PixelsRgb;
        decoder.Decode(file, header.Width, header.Height, format, raster.Pixels);
        return raster;
    }

    private static Raster DecodeCmyk(TurboJpeg decoder, ReadOnlySpan<byte> file, JpegHeader header)
    {
        var raster = new Raster(header.Width, header.Height, 3);
        var length = checked(header.Width * header.Height * 4);
        var cmyk = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            decoder.Decode(file, header.Width, header.Height, TurboJpeg.PixelsCmyk, cmyk.AsSpan(0, length));
            var rgb = raster.Pixels;
            for (int i = 0, o = 0; i < length; i += 4, o += 3)
            {
                int black = cmyk[i + 3];
                rgb[o] = (byte)((cmyk[i] * black + 127) / 255);
                rgb[o + 1] = (byte)((cmyk[i + 1] * black + 127) / 255);
                rgb[o + 2] = (byte)((cmyk[i + 2] * black + 127) / 255);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(cmyk);
        }

        return raster;
    }
}
