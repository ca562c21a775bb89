namespace CnnViz.Imaging.Codecs;

/// <summary>Decodes a client's picture, whichever supported format it is in (PNG or JPEG), told by its first bytes.</summary>
public static class ImageDecoder
{
    /// <summary>Decodes a whole file.</summary>
    /// <param name="file">The encoded bytes; they must not change during the call.</param>
    /// <param name="limits">Default <see cref="ImageLimits.Default"/>; checked before pixels get memory.</param>
    /// <returns>Grey (1 channel), RGB (3) or, for PNG only, RGBA (4), as the file is.</returns>
    /// <exception cref="ImageFormatException">For any bytes that do not make a picture within the limits; nothing else is
    /// thrown.</exception>
    public static Raster Decode(ReadOnlyMemory<byte> file, ImageLimits? limits = null)
    {
        limits ??= ImageLimits.Default;
        limits.CheckBytes(file.Length);
        if (PngDecoder.IsPng(file.Span))
            return PngDecoder.Decode(file, limits);
        if (JpegDecoder.IsJpeg(file.Span))
            return JpegDecoder.Decode(file.Span, limits);
        throw new ImageFormatException(
            file.IsEmpty ? ImageFormatReason.Truncated : ImageFormatReason.UnknownFormat,
            file.IsEmpty ? "The image has no bytes." : $"The bytes are neither PNG nor JPEG{Guess(file.Span)}.");
    }

    private static string Guess(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("GIF8"u8))
            return "; they look like GIF";
        if (file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8))
            return "; they look like WebP";
        if (file.StartsWith("BM"u8))
            return "; they look like BMP";
        return file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8) ? "; they look like TIFF" : "";
    }
}
