using System.Buffers.Binary;
using System.IO.Compression;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// The mean Fourier magnitudes of photographs in decorrelated colour, for pictures of any size. The stored magnitudes, of 128x128
/// pixels and multiplied by the frequency, are interpolated bilinearly at each coefficient's frequency in cycles per pixel and
/// divided by it; the constant coefficient is 0. Where the photographs come from: Data/README.md.
/// </summary>
public static class NaturalSpectrum
{
    private const string Resource = "CnnViz.Engine.Maximization.Data.spectrum.bin";
    private const int Size = 128;
    private const int Columns = (Size / 2) + 1;

    /// <summary>Magnitudes (channels, height, width/2 + 1), up to a common factor.</summary>
    /// <param name="shape">
    /// The picture's shape. Three channels are decorrelated colour; of any other number, each has the magnitudes of brightness.
    /// </param>
    public static float[] Magnitudes(TensorShape shape)
    {
        var stored = Read();
        var columns = (shape.Width / 2) + 1;
        var magnitudes = new float[shape.Channels * shape.Height * columns];
        for (var c = 0; c < shape.Channels; c++)
        {
            var plane = stored.AsSpan((shape.Channels == 3 ? c : 0) * Size * Columns, Size * Columns);
            for (var y = 0; y < shape.Height; y++)
            {
                var fy = (y <= (shape.Height - 1) / 2 ? y : y - shape.Height) / (double)shape.Height;
                for (var x = 0; x < columns; x++)
                {
                    var fx = x / (double)shape.Width;
                    var frequency = Math.Sqrt((fx * fx) + (fy * fy));
                    magnitudes[(((c * shape.Height) + y) * columns) + x] =
                        frequency > 0 ? (float)(Sample(plane, fy * Size, fx * Size) / frequency) : 0;
                }
            }
        }

        return magnitudes;
    }

    private static double Sample(ReadOnlySpan<float> plane, double row, double column)
    {
        var (y, x) = ((int)Math.Floor(row), Math.Min((int)column, Columns - 2));
        var (dy, dx) = (row - y, column - x);
        var upper = ((y % Size) + Size) % Size * Columns;
        var lower = (((y + 1) % Size) + Size) % Size * Columns;
        return ((1 - dy) * (((1 - dx) * plane[upper + x]) + (dx * plane[upper + x + 1])))
            + (dy * (((1 - dx) * plane[lower + x]) + (dx * plane[lower + x + 1])));
    }

    private static float[] Read()
    {
        using var resource = typeof(NaturalSpectrum).Assembly.GetManifestResourceStream(Resource)!;
        using var stream = new ZLibStream(resource, CompressionMode.Decompress);
        var bytes = new byte[3 * Size * Columns * 2];
        stream.ReadExactly(bytes);
        var values = new float[bytes.Length / 2];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(bytes.AsSpan(2 * i));
        }

        return values;
    }
}
