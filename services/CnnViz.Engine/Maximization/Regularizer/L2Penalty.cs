using System.Numerics.Tensors;

namespace CnnViz.Engine.Maximization;

/// <summary>The mean of x^2: pulls towards mid-grey.</summary>
public sealed class L2Penalty : IRegularizer
{
    /// <inheritdoc/>
    public double Add(ReadOnlySpan<float> image, float factor, Span<float> gradient)
    {
        TensorPrimitives.MultiplyAdd(image, 2 * factor / image.Length, gradient, gradient);
        return SquaredNorm.Of(image) / image.Length;
    }
}
