using System.Buffers;
using System.Numerics;

namespace CnnViz.Imaging.Geometry;

/// <summary>
/// Computes output rows one at a time. The vertical sum comes first, over whole input rows, since it vectorises without
/// shuffling channels; the horizontal sum then works on a single row. Memory: two rows.
/// </summary>
internal sealed class Resampler : IDisposable
{
    private readonly Raster _source;
    private readonly AxisWeights _columns;
    private readonly AxisWeights _rows;
    private readonly float[] _sum;
    private readonly float[] _result;

    public Resampler(Raster source, SourceBox box, int width, int height)
    {
        _source = source;
        Width = width;
        Height = height;
        _columns = new AxisWeights(source.Width, box.Left, box.Right, width);
        _rows = new AxisWeights(source.Height, box.Top, box.Bottom, height);
        _sum = ArrayPool<float>.Shared.Rent(source.Stride);
        _result = ArrayPool<float>.Shared.Rent(checked(width * source.Channels));
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>An output row, channels interleaved, 0..255, not rounded; valid until the next call.</summary>
    public ReadOnlySpan<float> Row(int y)
    {
        var channels = _source.Channels;
        var first = _columns.First * channels;
        var sum = _sum.AsSpan(first, _columns.End * channels - first);
        sum.Clear();
        var weights = _rows.At(y, out var start);
        for (var k = 0; k < weights.Length; k++)
        {
            if (weights[k] != 0)
                AddScaled(_source.Row(start + k).Slice(first, sum.Length), weights[k], sum);
        }

        var result = _result.AsSpan(0, Width * channels);
        for (var x = 0; x < Width; x++)
        {
            var pixel = result.Slice(x * channels, channels);
            pixel.Clear();
            var columns = _columns.At(x, out var column);
            var offset = column * channels - first;
            foreach (var weight in columns)
            {
                for (var c = 0; c < pixel.Length; c++)
                    pixel[c] += weight * sum[offset + c];
                offset += channels;
            }
        }

        return result;
    }

    public void Dispose()
    {
        ArrayPool<float>.Shared.Return(_sum);
        ArrayPool<float>.Shared.Return(_result);
    }

    /// <summary>sum += weight * row.</summary>
    private static void AddScaled(ReadOnlySpan<byte> row, float weight, Span<float> sum)
    {
        var i = 0;
        var factor = new Vector<float>(weight);
        var step = Vector<float>.Count;
        for (; i + Vector<byte>.Count <= row.Length; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(row[i..]), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            Add(a, sum[i..]);
            Add(b, sum[(i + step)..]);
            Add(c, sum[(i + 2 * step)..]);
            Add(d, sum[(i + 3 * step)..]);
        }

        for (; i < row.Length; i++)
            sum[i] += weight * row[i];

        void Add(Vector<uint> values, Span<float> target) =>
            (new Vector<float>(target) + factor * Vector.ConvertToSingle(Vector.AsVectorInt32(values))).CopyTo(target);
    }
}

/// <summary>The part of the input that is scaled, in pixels; 0 is the first pixel's outer edge.</summary>
internal readonly record struct SourceBox(double Left, double Top, double Right, double Bottom);
