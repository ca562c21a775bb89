using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// Shifts the picture by whole pixels, with what leaves on one side entering on the other: the jitter of DeepDream. Exact, since
/// nothing is interpolated.
/// </summary>
/// <param name="shape">The picture's shape.</param>
/// <param name="maxShift">Largest shift in pixels, drawn uniformly from -maxShift..maxShift per axis; 0 or more.</param>
public sealed class RollTransform(TensorShape shape, int maxShift) : ITransform
{
    private int _down;
    private int _right;

    public bool IsIdentity => maxShift == 0;

    /// <inheritdoc/>
    public void Draw(CounterRandom random)
    {
        _down = random.NextInt32(-maxShift, maxShift);
        _right = random.NextInt32(-maxShift, maxShift);
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> image, Span<float> transformed) => Roll(image, transformed, _down, _right);

    /// <inheritdoc/>
    public void Adjoint(ReadOnlySpan<float> transformedGradient, Span<float> imageGradient) =>
        Roll(transformedGradient, imageGradient, -_down, -_right);

    private void Roll(ReadOnlySpan<float> source, Span<float> target, int down, int right)
    {
        var (height, width) = (shape.Height, shape.Width);
        down = ((down % height) + height) % height;
        right = ((right % width) + width) % width;
        for (var row = 0; row < shape.Channels * height; row++)
        {
            var (channel, y) = Math.DivRem(row, height);
            var from = source.Slice(row * width, width);
            var to = target.Slice(((channel * height) + ((y + down) % height)) * width, width);
            from[..(width - right)].CopyTo(to[right..]);
            from[(width - right)..].CopyTo(to);
        }
    }
}
