using System.Numerics.Tensors;
using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// Replaces a gradient by the sum of its Gaussian blurs, each scaled to Euclidean length 1 (one that is 0 stays 0): coarse
/// structure gets as much of the step as fine. Immutable and safe for concurrent use.
/// </summary>
/// <param name="shape">The picture's shape.</param>
/// <param name="sigmas">Standard deviations in pixels, each above 0; none leaves the gradient alone.</param>
public sealed class GradientBlurs(TensorShape shape, IReadOnlyList<double> sigmas)
{
    private readonly GaussianBlur[] _blurs = [.. sigmas.Select(sigma => new GaussianBlur(sigma))];

    /// <summary>In place, (channels, height, width).</summary>
    public void Apply(Span<float> gradient)
    {
        if (_blurs.Length == 0)
        {
            return;
        }

        var sum = new float[gradient.Length];
        var blurred = new float[gradient.Length];
        foreach (var blur in _blurs)
        {
            blur.Apply(gradient, blurred, shape.Height, shape.Width);
            var norm = Math.Sqrt(SquaredNorm.Of(blurred));
            if (norm > 0)
            {
                TensorPrimitives.MultiplyAdd(blurred, (float)(1 / norm), sum, sum);
            }
        }

        sum.CopyTo(gradient);
    }
}
