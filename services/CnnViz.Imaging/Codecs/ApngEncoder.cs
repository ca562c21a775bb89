using System.Buffers.Binary;
using System.IO.Compression;

namespace CnnViz.Imaging.Codecs;

/// <summary>
/// Writes animated PNG (W3C PNG, third edition, 11.3.6): the first frame is the still picture that viewers without animation
/// show; every frame is whole and replaces the one before.
/// </summary>
public static class ApngEncoder
{
    /// <summary>The encoded file. One frame at a time is held.</summary>
    /// <param name="count">Number of frames, at least 1.</param>
    /// <param name="frame">Makes the frame of a number from 0: RGB, all of one size; asked for once each, in order.</param>
    /// <param name="options">Default <see cref="AnimationOptions"/>'s own.</param>
    /// <exception cref="ArgumentException">The frames differ in size, or an option is out of its range.</exception>
    public static byte[] Encode(int count, Func<int, Raster> frame, AnimationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(frame);
        options ??= new AnimationOptions();
        options.Check(count);
        var first = frame(0);
        AnimationOptions.Same(first, first);
        using var output = new PooledBufferStream(Math.Max(4096, first.Pixels.Length));
        output.Write(PngChunk.Signature);
        PngEncoder.WriteHeader(output, first);
        WriteAnimation(output, count, options.Plays);
        var sequence = 0;
        for (var i = 0; i < count; i++)
        {
            var raster = i == 0 ? first : AnimationOptions.Same(frame(i), first);
            WriteControl(output, sequence++, raster, options.Milliseconds(i, count));
            var start = PngChunk.Begin(output, i == 0 ? PngChunk.Data : PngChunk.FrameData);
            if (i > 0)
                WriteNumber(output, sequence++);
            PngEncoder.WriteRows(output, raster, CompressionLevel.Fastest);
            PngChunk.Finish(output, start);
        }

        PngChunk.Write(output, PngChunk.End, []);
        return output.Written.ToArray();
    }

    private static void WriteAnimation(PooledBufferStream output, int count, int plays)
    {
        Span<byte> data = stackalloc byte[8];
        BinaryPrimitives.WriteInt32BigEndian(data, count);
        BinaryPrimitives.WriteInt32BigEndian(data[4..], plays);
        PngChunk.Write(output, PngChunk.AnimationControl, data);
    }

    private static void WriteControl(PooledBufferStream output, int sequence, Raster raster, int milliseconds)
    {
        // Sequence, width, height, x, y, delay as a fraction of a second, then "leave as it is" and "replace" (both 0).
        Span<byte> data = stackalloc byte[26];
        data.Clear();
        BinaryPrimitives.WriteInt32BigEndian(data, sequence);
        BinaryPrimitives.WriteInt32BigEndian(data[4..], raster.Width);
        BinaryPrimitives.WriteInt32BigEndian(data[8..], raster.Height);
        BinaryPrimitives.WriteUInt16BigEndian(data[20..], (ushort)milliseconds);
        BinaryPrimitives.WriteUInt16BigEndian(data[22..], 1000);
        PngChunk.Write(output, PngChunk.FrameControl, data);
    }

    private static void WriteNumber(PooledBufferStream output, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        output.Write(bytes);
    }
}
