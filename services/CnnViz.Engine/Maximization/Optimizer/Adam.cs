using System.Numerics;
using System.Runtime.InteropServices;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// Adam (Kingma and Ba, ICLR 2015), uphill: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
/// x += rate * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon).
/// </summary>
/// <param name="learningRate">0.05 in the Fourier recipe.</param>
/// <param name="beta1">Decay of the mean, in [0, 1).</param>
/// <param name="beta2">Decay of the mean square, in [0, 1).</param>
/// <param name="epsilon">Above 0.</param>
public sealed class Adam(double learningRate = 0.05, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) : IOptimizer
{
    /// <inheritdoc/>
    public int StateLength(int parameterCount) => checked(2 * parameterCount);

    /// <inheritdoc/>
    public void Step(int step, Span<float> parameters, ReadOnlySpan<float> gradient, Span<float> state)
    {
        var count = parameters.Length;
        var (keep1, take1) = ((float)beta1, (float)(1 - beta1));
        var (keep2, take2) = ((float)beta2, (float)(1 - beta2));
        var rate = (float)(learningRate / (1 - Math.Pow(beta1, step)));
        var correction = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, step)));
        var floor = (float)epsilon;
        var mean = state[..count];
        var square = state.Slice(count, count);
        ref var x = ref MemoryMarshal.GetReference(parameters);
        ref var g = ref MemoryMarshal.GetReference(gradient[..count]);
        ref var m = ref MemoryMarshal.GetReference(mean);
        ref var v = ref MemoryMarshal.GetReference(square);
        var floors = new Vector<float>(floor);
        nuint i = 0;
        for (; i + (nuint)Vector<float>.Count <= (nuint)count; i += (nuint)Vector<float>.Count)
        {
            var gi = Vector.LoadUnsafe(ref g, i);
            var mi = (Vector.LoadUnsafe(ref m, i) * keep1) + (gi * take1);
            var vi = (Vector.LoadUnsafe(ref v, i) * keep2) + (gi * gi * take2);
            mi.StoreUnsafe(ref m, i);
            vi.StoreUnsafe(ref v, i);
            var step1 = mi * rate / ((Vector.SquareRoot(vi) * correction) + floors);
            (Vector.LoadUnsafe(ref x, i) + step1).StoreUnsafe(ref x, i);
        }

        for (var j = (int)i; j < count; j++)
        {
            mean[j] = (mean[j] * keep1) + (gradient[j] * take1);
            square[j] = (square[j] * keep2) + (gradient[j] * gradient[j] * take2);
            parameters[j] += mean[j] * rate / ((MathF.Sqrt(square[j]) * correction) + floor);
        }
    }
}
