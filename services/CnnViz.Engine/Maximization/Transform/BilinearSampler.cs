using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>What a sampler reads outside the picture.</summary>
public enum SamplePadding
{
    /// <summary>Ascent space's 0: mid-grey.</summary>
    Gray,

    /// <summary>The picture mirrored at its outer edges, so that the edge pixels repeat: ... b a | a b c | c b ...</summary>
    Reflection,
}

/// <summary>
/// Bilinear sampling of a picture at affinely mapped positions, and its adjoint. Same positions, interpolation and padding as
/// PyTorch's grid_sample with align_corners=False and padding "zeros" or "reflection". Each output pixel's four weights are
/// computed once and serve every channel and picture; the adjoint scatters along them.
/// </summary>
public sealed class BilinearSampler
{
    private readonly int _channels;
    private readonly int _height;
    private readonly int _width;
    private readonly int _targetHeight;
    private readonly int _targetWidth;
    private readonly Tap[] _taps;

    /// <param name="shape">Shape of the source: (channels, height, width), at least 2x2 pixels.</param>
    /// <param name="target">Shape of the target, with as many channels; null for the source's.</param>
    public BilinearSampler(TensorShape shape, TensorShape? target = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Height, 2, nameof(shape));
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Width, 2, nameof(shape));
        (_channels, _height, _width) = (shape.Channels, shape.Height, shape.Width);
        (_targetHeight, _targetWidth) = target is { } other ? (other.Height, other.Width) : (_height, _width);
        _taps = new Tap[_targetHeight * _targetWidth];
    }

    /// <summary>Computes the weights of a map.</summary>
    /// <param name="toSource">From a target pixel's position to the position in the source that it shows.</param>
    /// <param name="padding">What lies outside the source.</param>
    public void Prepare(AffineMap toSource, SamplePadding padding)
    {
        for (var y = 0; y < _targetHeight; y++)
        {
            for (var x = 0; x < _targetWidth; x++)
            {
                var sourceX = (toSource.Xx * x) + (toSource.Xy * y) + toSource.X0;
                var sourceY = (toSource.Yx * x) + (toSource.Yy * y) + toSource.Y0;
                var (column, left, right) = Axis(sourceX, _width, padding);
                var (row, top, bottom) = Axis(sourceY, _height, padding);
                _taps[(y * _targetWidth) + x] = new Tap(
                    (row * _width) + column,
                    (float)(top * left),
                    (float)(top * right),
                    (float)(bottom * left),
                    (float)(bottom * right));
            }
        }
    }

    /// <summary>Samples one picture, all channels.</summary>
    public void Gather(ReadOnlySpan<float> source, Span<float> target)
    {
        var plane = _height * _width;
        for (var c = 0; c < _channels; c++)
        {
            ref var from = ref MemoryMarshal.GetReference(source.Slice(c * plane, plane));
            ref var below = ref Unsafe.Add(ref from, _width);
            var to = target.Slice(c * _taps.Length, _taps.Length);
            for (var i = 0; i < to.Length; i++)
            {
                // Axis keeps Offset + width + 1 inside the plane.
                ref readonly var tap = ref _taps[i];
                to[i] = (tap.TopLeft * Unsafe.Add(ref from, tap.Offset))
                    + (tap.TopRight * Unsafe.Add(ref from, tap.Offset + 1))
                    + (tap.BottomLeft * Unsafe.Add(ref below, tap.Offset))
                    + (tap.BottomRight * Unsafe.Add(ref below, tap.Offset + 1));
            }
        }
    }

    /// <summary>The adjoint of <see cref="Gather"/>: adds each target value to the four source pixels it came from.</summary>
    public void Scatter(ReadOnlySpan<float> target, Span<float> source)
    {
        source.Clear();
        var plane = _height * _width;
        for (var c = 0; c < _channels; c++)
        {
            var from = target.Slice(c * _taps.Length, _taps.Length);
            ref var to = ref MemoryMarshal.GetReference(source.Slice(c * plane, plane));
            ref var below = ref Unsafe.Add(ref to, _width);
            for (var i = 0; i < from.Length; i++)
            {
                ref readonly var tap = ref _taps[i];
                var value = from[i];
                Unsafe.Add(ref to, tap.Offset) += tap.TopLeft * value;
                Unsafe.Add(ref to, tap.Offset + 1) += tap.TopRight * value;
                Unsafe.Add(ref below, tap.Offset) += tap.BottomLeft * value;
                Unsafe.Add(ref below, tap.Offset + 1) += tap.BottomRight * value;
            }
        }
    }

    /// <summary>
    /// One axis: the first of two neighbouring pixels and both weights. The first is at most extent - 2, so that its neighbour
    /// exists; weights outside the picture are 0.
    /// </summary>
    private static (int First, double FirstWeight, double SecondWeight) Axis(double position, int extent, SamplePadding padding)
    {
        if (padding == SamplePadding.Reflection)
        {
            position = Reflect(position, extent);
        }
        else if (!(position > -1 && position < extent))
        {
            return (0, 0, 0);
        }

        var first = (int)Math.Floor(position);
        var fraction = position - first;
        if (first < 0)
        {
            return (0, fraction, 0);
        }

        return first > extent - 2 ? (extent - 2, 0, 1 - fraction) : (first, 1 - fraction, fraction);
    }

    /// <summary>Mirrors at -0.5 and extent - 0.5 until inside, then clamps to the outermost pixels' centres.</summary>
    private static double Reflect(double position, int extent)
    {
        var distance = Math.Abs(position + 0.5);
        var flips = Math.Floor(distance / extent);
        var rest = distance - (flips * extent);
        var inside = ((long)flips & 1) == 0 ? rest - 0.5 : extent - rest - 0.5;
        return Math.Clamp(inside, 0, extent - 1);
    }

    private readonly record struct Tap(int Offset, float TopLeft, float TopRight, float BottomLeft, float BottomRight);
}
