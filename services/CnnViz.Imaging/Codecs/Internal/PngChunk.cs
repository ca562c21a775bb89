using System.Buffers.Binary;

namespace CnnViz.Imaging.Codecs;

/// <summary>The signature and the chunk types of PNG (W3C PNG, third edition), as big-endian words.</summary>
internal static class PngChunk
{
    public const uint Header = 0x49484452;
    public const uint Palette = 0x504C5445;
    public const uint Transparency = 0x74524E53;
    public const uint Data = 0x49444154;
    public const uint End = 0x49454E44;
    public const uint Text = 0x74455874;
    public const uint InternationalText = 0x69545874;
    public const uint AnimationControl = 0x6163544C;
    public const uint FrameControl = 0x6663544C;
    public const uint FrameData = 0x66644154;

    /// <summary>Length, type and CRC: what a chunk costs beyond its data.</summary>
    public const int Overhead = 12;

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>A critical chunk (capital first letter) must be understood; others may be skipped.</summary>
    public static bool IsCritical(uint type) => (type & 0x2000_0000) == 0;

    public static string Name(uint type)
    {
        Span<char> name = stackalloc char[4];
        for (var i = 0; i < 4; i++)
        {
            var c = (char)(byte)(type >> (24 - 8 * i));
            name[i] = char.IsAsciiLetter(c) ? c : '?';
        }

        return new string(name);
    }

    public static void Write(PooledBufferStream output, uint type, ReadOnlySpan<byte> data)
    {
        var start = Begin(output, type);
        output.Write(data);
        Finish(output, start);
    }

    /// <summary>Writes a length to be filled in and the type; returns the chunk's position.</summary>
    public static int Begin(PooledBufferStream output, uint type)
    {
        var start = output.Written.Length;
        Span<byte> head = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(head[4..], type);
        output.Write(head);
        return start;
    }

    /// <summary>Fills in the length of the chunk begun at <paramref name="start"/> and appends its CRC.</summary>
    public static void Finish(PooledBufferStream output, int start)
    {
        var chunk = output.Written[start..];
        BinaryPrimitives.WriteInt32BigEndian(chunk, chunk.Length - 8);
        Span<byte> crc = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(crc, Crc32.Append(0, chunk[4..]));
        output.Write(crc);
    }
}
