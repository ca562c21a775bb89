using System.Buffers.Binary;

namespace CnnViz.Imaging.Codecs;

/// <summary>
/// Writes animated GIF (GIF89a) with one palette of 256 colours for all frames, chosen by median cut over all of them, and
/// ordered dithering, which does not shimmer from frame to frame.
/// </summary>
public static class GifEncoder
{
    /// <summary>The format's largest width and height in pixels.</summary>
    public const int MaxSide = 65_535;

    /// <summary>The encoded file. One frame at a time is held.</summary>
    /// <param name="count">Number of frames, at least 1.</param>
    /// <param name="frame">Makes the frame of a number from 0: RGB, all of one size; asked for twice each, in order.</param>
    /// <param name="options">Default <see cref="AnimationOptions"/>'s own.</param>
    /// <exception cref="ArgumentException">The frames differ in size or are too large, or an option is out of its
    /// range.</exception>
    public static byte[] Encode(int count, Func<int, Raster> frame, AnimationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(frame);
        options ??= new AnimationOptions();
        options.Check(count);
        var first = frame(0);
        AnimationOptions.Same(first, first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(first.Width, first.Height), MaxSide, nameof(frame));
        var histogram = new ColorHistogram();
        for (var i = 0; i < count; i++)
            histogram.Add(AnimationOptions.Same(frame(i), first).Pixels);
        var palette = Palette.Of(histogram);

        using var output = new PooledBufferStream(Math.Max(4096, first.Width * first.Height));
        WriteHead(output, first, palette);
        if (options.Plays != 1)
            WriteLoop(output, options.Plays);
        var indices = new byte[first.Width * first.Height];
        for (var i = 0; i < count; i++)
        {
            palette.Map(AnimationOptions.Same(frame(i), first), indices);
            WriteFrame(output, first, indices, options.Milliseconds(i, count));
        }

        output.Write([0x3B]);
        return output.Written.ToArray();
    }

    private static void WriteHead(PooledBufferStream output, Raster first, Palette palette)
    {
        output.Write("GIF89a"u8);
        WriteSize(output, first);
        // A global table of 256 colours of 8 bits, background entry 0, square pixels.
        output.Write([0xF7, 0, 0]);
        output.Write(palette.Colors);
    }

    private static void WriteLoop(PooledBufferStream output, int plays)
    {
        output.Write([0x21, 0xFF, 11]);
        output.Write("NETSCAPE2.0"u8);
        // The extension counts repetitions after the first time; 0 = for ever.
        var repeats = plays == 0 ? 0 : plays - 1;
        output.Write([3, 1, (byte)repeats, (byte)(repeats >> 8), 0]);
    }

    private static void WriteFrame(PooledBufferStream output, Raster first, byte[] indices, int milliseconds)
    {
        var hundredths = (milliseconds + 5) / 10;
        output.Write([0x21, 0xF9, 4, 0x04, (byte)hundredths, (byte)(hundredths >> 8), 0, 0]);
        output.Write([0x2C, 0, 0, 0, 0]);
        WriteSize(output, first);
        output.Write([0]);
        GifLzw.Write(output, indices);
    }

    private static void WriteSize(PooledBufferStream output, Raster first)
    {
        Span<byte> size = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(size, (ushort)first.Width);
        BinaryPrimitives.WriteUInt16LittleEndian(size[2..], (ushort)first.Height);
        output.Write(size);
    }
}
