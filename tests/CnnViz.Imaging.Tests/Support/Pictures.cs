using System.Buffers.Binary;
using System.IO.Compression;

namespace CnnViz.Imaging.Tests.Support;

/// <summary>Test inputs made without the code under test.</summary>
internal static class Pictures
{
    public static Raster Noise(int width, int height, int channels, int seed = 1)
    {
        var raster = new Raster(width, height, channels);
        new Random(seed).NextBytes(raster.Pixels);
        return raster;
    }

    public static Raster Smooth(int width, int height, int channels)
    {
        var raster = new Raster(width, height, channels);
        for (var i = 0; i < raster.Pixels.Length; i++)
        {
            var (x, y, c) = (i / channels % width, i / channels / width, i % channels);
            raster.Pixels[i] = (byte)(127 + 60 * Math.Sin(x / 9.0 + c) + 60 * Math.Cos(y / 7.0 - c));
        }

        return raster;
    }

    public static byte[] Chunk(string type, params byte[] data)
    {
        var chunk = new byte[data.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        for (var i = 0; i < 4; i++)
            chunk[4 + i] = (byte)type[i];
        data.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), PlainCrc(chunk.AsSpan(4, 4 + data.Length)));
        return chunk;
    }

    public static byte[] Header(uint width, uint height, byte depth = 8, byte type = 0, byte interlace = 0)
    {
        var data = new byte[13];
        BinaryPrimitives.WriteUInt32BigEndian(data, width);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(4), height);
        (data[8], data[9], data[12]) = (depth, type, interlace);
        return Chunk("IHDR", data);
    }

    public static byte[] Png(params byte[][] chunks) =>
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. chunks.SelectMany(c => c)];

    public static byte[] Deflate(byte[] data)
    {
        using var output = new MemoryStream();
        using (var zlib = new ZLibStream(output, CompressionLevel.SmallestSize))
            zlib.Write(data);
        return output.ToArray();
    }

    /// <summary>The CRC by its definition, bit by bit.</summary>
    public static uint PlainCrc(ReadOnlySpan<byte> data)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }

        return ~crc;
    }

    /// <summary>Bytes that this thread allocates while the action runs a second time (the first warms caches up).</summary>
    public static long Allocated(Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
