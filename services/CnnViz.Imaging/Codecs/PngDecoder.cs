using System.Buffers;
using System.IO.Compression;

namespace CnnViz.Imaging.Codecs;

/// <summary>
/// Reads PNG: every colour type, bit depth and interlacing of the specification. Samples of 16 bits keep their high byte, samples
/// of 1, 2 or 4 bits are spread over 0..255, palettes are resolved. The result is grey, RGB, or RGBA where there is alpha
/// or a tRNS chunk. Colour space chunks (gAMA, iCCP, ...) are ignored, as image libraries for machine learning do.
/// </summary>
public static class PngDecoder
{
    /// <summary>Deflate cannot expand further than this: 258 bytes from two bits.</summary>
    private const long MaxDeflateRatio = 1032;

    /// <summary>Whether the bytes start with PNG's signature.</summary>
    public static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith(PngChunk.Signature);

    /// <summary>
    /// Decodes a whole file. Limits, all chunk checksums and the least possible length are checked before pixels get memory.
    /// </summary>
    /// <exception cref="ImageFormatException">The bytes are not a PNG within <paramref name="limits"/> (default
    /// <see cref="ImageLimits.Default"/>).</exception>
    public static Raster Decode(ReadOnlyMemory<byte> file, ImageLimits? limits = null)
    {
        limits ??= ImageLimits.Default;
        limits.CheckBytes(file.Length);
        if (!IsPng(file.Span))
            throw new ImageFormatException(ImageFormatReason.UnknownFormat, "The bytes do not start with PNG's signature.");
        var png = PngFile.Parse(file, limits);
        var expected = png.Header.InflatedBytes();
        if (expected > png.CompressedBytes * MaxDeflateRatio)
            throw ImageFormatException.Truncated(
                $"{png.CompressedBytes} compressed bytes cannot hold {expected} bytes of pixels");
        var pixels = new PngPixels(png);
        var raster = new Raster(png.Header.Width, png.Header.Height, pixels.Channels);
        try
        {
            ReadPasses(png, pixels, raster);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw ImageFormatException.Corrupt("its compressed data is invalid", e);
        }

        return raster;
    }

    private static void ReadPasses(PngFile png, PngPixels pixels, Raster raster)
    {
        using var zlib = new ZLibStream(new PngDataStream(png.DataChunks), CompressionMode.Decompress);
        var longest = (int)png.Header.RowBytes(png.Header.Width) + 1;
        var rented = ArrayPool<byte>.Shared.Rent(2 * longest);
        try
        {
            foreach (var pass in png.Header.Passes())
                ReadPass(zlib, png.Header, pass, pixels, raster, rented);
            // Reading on also makes zlib verify its checksum.
            if (zlib.Read(rented, 0, 1) != 0)
                throw ImageFormatException.Corrupt("it holds more pixels than its header says");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void ReadPass(ZLibStream zlib, PngHeader header, PngPass pass, PngPixels pixels, Raster raster, byte[] rented)
    {
        var length = (int)header.RowBytes(pass.Width) + 1;
        var current = rented.AsSpan(0, length);
        var previous = rented.AsSpan(length, length);
        previous.Clear();
        for (var y = 0; y < pass.Height; y++)
        {
            if (zlib.ReadAtLeast(current, length, throwOnEndOfStream: false) < length)
                throw ImageFormatException.Truncated($"its pixels end in row {y} of {pass.Height}");
            PngFilters.Undo((PngFilter)current[0], current[1..], previous[1..], header.FilterBytes);
            pixels.Expand(current[1..], pass.Width, raster.Row(pass.Y + y * pass.StepY), pass.X, pass.StepX);
            var swap = previous;
            previous = current;
            current = swap;
        }
    }
}
