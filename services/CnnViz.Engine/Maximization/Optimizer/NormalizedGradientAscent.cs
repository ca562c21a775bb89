using System.Numerics.Tensors;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// x += rate * g / sqrt(max(sum of squares of g, 1e-12)), the sum over the whole picture: every step has the length of the rate,
/// as in Keras' "Visualizing what convnets learn" (tf.math.l2_normalize with its default epsilon).
/// </summary>
/// <param name="learningRate">Length of a step in ascent space; 10 in Keras' example.</param>
public sealed class NormalizedGradientAscent(double learningRate = 10) : IOptimizer
{
    private const double SmallestSumOfSquares = 1e-12;

    /// <inheritdoc/>
    public int StateLength(int parameterCount) => 0;

    /// <inheritdoc/>
    public void Step(int step, Span<float> parameters, ReadOnlySpan<float> gradient, Span<float> state)
    {
        var sum = SquaredNorm.Of(gradient);
        var factor = (float)(learningRate / Math.Sqrt(Math.Max(sum, SmallestSumOfSquares)));
        TensorPrimitives.MultiplyAdd(gradient, factor, parameters, parameters);
    }
}
