using System.Buffers.Binary;
using System.IO.Compression;

namespace CnnViz.Stack.Tests;

/// <summary>Small PNG files made by hand.</summary>
internal static class Pngs
{
    /// <summary>A PNG that announces 8-bit RGB of this size and holds not one pixel.</summary>
    public static byte[] HeaderOnly(int width, int height)
    {
        Span<byte> body = stackalloc byte[17];
        "IHDR"u8.CopyTo(body);
        BinaryPrimitives.WriteInt32BigEndian(body[4..], width);
        BinaryPrimitives.WriteInt32BigEndian(body[8..], height);
        body[12] = 8;
        body[13] = 2;
        var file = new byte[8 + 4 + body.Length + 4];
        ((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]).CopyTo(file);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(8), body.Length - 4);
        body.CopyTo(file.AsSpan(12));
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(12 + body.Length), Crc(body));
        return file;
    }

    /// <summary>An 8-bit grey PNG of these rows, all of one length.</summary>
    public static byte[] Grey(IReadOnlyList<byte[]> rows) => File(rows, rows[0].Length, colour: 0);

    /// <summary>An 8-bit RGB PNG of pixels in rows: red, green, blue.</summary>
    public static byte[] Rgb(int width, byte[] pixels) => File([.. pixels.Chunk(3 * width)], width, colour: 2);

    private static byte[] File(IReadOnlyList<byte[]> rows, int width, byte colour)
    {
        var size = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(size, width);
        BinaryPrimitives.WriteInt32BigEndian(size.AsSpan(4), rows.Count);
        (size[8], size[9]) = (8, colour);
        using var pixels = new MemoryStream();
        using (var deflate = new ZLibStream(pixels, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (var row in rows)
            {
                // Each row begins with its filter: none.
                deflate.WriteByte(0);
                deflate.Write(row);
            }
        }

        return
        [
            0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A,
            .. Chunk("IHDR"u8, size), .. Chunk("IDAT"u8, pixels.ToArray()), .. Chunk("IEND"u8, []),
        ];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        byte[] body = [.. type, .. data];
        var chunk = new byte[4 + body.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        body.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(4 + body.Length), Crc(body));
        return chunk;
    }

    // CRC-32 as PNG defines it (ISO 3309), bit by bit.
    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            }
        }

        return ~crc;
    }
}
