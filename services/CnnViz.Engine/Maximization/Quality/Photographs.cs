using System.IO.Compression;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// Ten photographs in the public domain, 128x128 pixels: a cat, coffee, an astronaut, a rocket and a camera man, whole and in
/// parts. Where they come from, and the file's format: Data/README.md.
/// </summary>
public static class Photographs
{
    private const string Resource = "CnnViz.Engine.Maximization.Data.photographs.bin";
    private const int Size = 128;
    private const int Channels = 3;
    private const float HalfRange = 127.5f;

    /// <summary>How many there are.</summary>
    public static int Count => 10;

    /// <summary>A photograph's shape: (3, 128, 128).</summary>
    public static TensorShape Shape { get; } = new(Channels, Size, Size);

    /// <summary>All of them in ascent space, (10, 3, 128, 128): red, green, blue; -1 is black, 1 is white.</summary>
    public static float[] Read()
    {
        using var resource = typeof(Photographs).Assembly.GetManifestResourceStream(Resource)!;
        using var stream = new ZLibStream(resource, CompressionMode.Decompress);
        var bytes = new byte[Count * Channels * Size * Size];
        stream.ReadExactly(bytes);
        var values = new float[bytes.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            var left = i % Size > 0 ? bytes[i - 1] : 0;
            var upper = i / Size % Size > 0 ? bytes[i - Size] : 0;
            bytes[i] = (byte)(bytes[i] + ((left + upper) / 2));
            values[i] = (bytes[i] / HalfRange) - 1;
        }

        return values;
    }
}
