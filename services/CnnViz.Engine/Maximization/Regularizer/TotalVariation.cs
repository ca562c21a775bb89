using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// Anisotropic total variation: the sum of the absolute differences between neighbours along both axes, divided by the number of
/// values. Flattens noise and keeps edges. The gradient of equal neighbours is taken as 0.
/// </summary>
/// <param name="shape">The picture's shape.</param>
public sealed class TotalVariation(TensorShape shape) : IRegularizer
{
    /// <inheritdoc/>
    public double Add(ReadOnlySpan<float> image, float factor, Span<float> gradient)
    {
        var (height, width) = (shape.Height, shape.Width);
        var step = factor / image.Length;
        double sum = 0;
        for (var row = 0; row < shape.Channels * height; row++)
        {
            var first = row * width;
            var last = row % height == height - 1;
            for (var i = first; i < first + width; i++)
            {
                if (i + 1 < first + width)
                {
                    sum += Pair(image, gradient, i, i + 1, step);
                }

                if (!last)
                {
                    sum += Pair(image, gradient, i, i + width, step);
                }
            }
        }

        return sum / image.Length;
    }

    private static double Pair(ReadOnlySpan<float> image, Span<float> gradient, int a, int b, float step)
    {
        var difference = image[b] - image[a];
        var change = step * Math.Sign(difference);
        gradient[b] += change;
        gradient[a] -= change;
        return Math.Abs(difference);
    }
}
