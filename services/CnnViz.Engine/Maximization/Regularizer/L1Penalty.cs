using System.Numerics.Tensors;

namespace CnnViz.Engine.Maximization;

/// <summary>The mean of |x|: pulls towards mid-grey, and where little is gained, all the way. Its gradient at 0 is taken as
/// 0.</summary>
public sealed class L1Penalty : IRegularizer
{
    /// <inheritdoc/>
    public double Add(ReadOnlySpan<float> image, float factor, Span<float> gradient)
    {
        var step = factor / image.Length;
        for (var i = 0; i < image.Length; i++)
        {
            gradient[i] += step * Math.Sign(image[i]);
        }

        return TensorPrimitives.SumOfMagnitudes(image) / (double)image.Length;
    }
}
