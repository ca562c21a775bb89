namespace CnnViz.Engine.Maximization;

/// <summary>
/// Adam with Nesterov momentum (Dozat 2016), uphill, with PyTorch's momentum schedule mu_t = beta1 (1 - 0.96^(0.004 t) / 2):
/// x += rate * ((1 - mu_t) / (1 - prod mu) g + mu_(t+1) / (1 - prod mu mu_(t+1)) m) / (sqrt(v / (1 - beta2^t)) + epsilon), with
/// Adam's running means m and v.
/// </summary>
/// <param name="learningRate">1 in the MaCo recipe.</param>
/// <param name="beta1">Decay of the mean, in [0, 1).</param>
/// <param name="beta2">Decay of the mean square, in [0, 1).</param>
/// <param name="epsilon">Above 0.</param>
public sealed class Nadam(double learningRate = 1, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) : IOptimizer
{
    private const double ScheduleBase = 0.96;
    private const double ScheduleRate = 0.004;

    /// <inheritdoc/>
    public int StateLength(int parameterCount) => checked(2 * parameterCount);

    /// <inheritdoc/>
    public void Step(int step, Span<float> parameters, ReadOnlySpan<float> gradient, Span<float> state)
    {
        double product = 1;
        for (var t = 1; t <= step; t++)
        {
            product *= Momentum(t);
        }

        var next = Momentum(step + 1);
        var ofGradient = (float)(learningRate * (1 - Momentum(step)) / (1 - product));
        var ofMean = (float)(learningRate * next / (1 - (product * next)));
        var correction = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, step)));
        var (keep1, take1) = ((float)beta1, (float)(1 - beta1));
        var (keep2, take2) = ((float)beta2, (float)(1 - beta2));
        var floor = (float)epsilon;
        var count = parameters.Length;
        var mean = state[..count];
        var square = state.Slice(count, count);
        for (var i = 0; i < count; i++)
        {
            var g = gradient[i];
            mean[i] = (mean[i] * keep1) + (g * take1);
            square[i] = (square[i] * keep2) + (g * g * take2);
            parameters[i] += ((ofGradient * g) + (ofMean * mean[i])) / ((MathF.Sqrt(square[i]) * correction) + floor);
        }
    }

    private double Momentum(int step) => beta1 * (1 - (0.5 * Math.Pow(ScheduleBase, step * ScheduleRate)));
}
