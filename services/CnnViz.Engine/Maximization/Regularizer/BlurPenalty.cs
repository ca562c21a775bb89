using System.Numerics.Tensors;
using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// The mean of (x - B x)^2 with a Gaussian blur B: what the blur takes away is penalised, so fine noise goes first. The gradient
/// is 2 (I - B)(I - B) x / n, B being its own adjoint.
/// </summary>
/// <param name="shape">The picture's shape.</param>
/// <param name="sigma">The blur's standard deviation in pixels, above 0.</param>
public sealed class BlurPenalty(TensorShape shape, double sigma = 1) : IRegularizer
{
    private readonly GaussianBlur _blur = new(sigma);

    /// <inheritdoc/>
    public double Add(ReadOnlySpan<float> image, float factor, Span<float> gradient)
    {
        var detail = new float[image.Length];
        var blurred = new float[image.Length];
        _blur.Apply(image, blurred, shape.Height, shape.Width);
        TensorPrimitives.Subtract(image, blurred, detail);
        _blur.Apply(detail, blurred, shape.Height, shape.Width);
        var step = 2 * factor / image.Length;
        TensorPrimitives.MultiplyAdd(detail, step, gradient, gradient);
        TensorPrimitives.MultiplyAdd(blurred, -step, gradient, gradient);
        return SquaredNorm.Of(detail) / image.Length;
    }
}
