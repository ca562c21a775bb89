using System.Numerics.Tensors;

namespace CnnViz.Engine.Maximization;

/// <summary>Where the gradient was strong over a run: what to keep of a picture when it is laid over something else.</summary>
/// <param name="channels">Channels of the picture.</param>
/// <param name="plane">Pixels of the picture.</param>
internal sealed class GradientMask(int channels, int plane)
{
    private const double Percentile = 0.8;

    private readonly float[] _sum = new float[plane];

    /// <summary>The sum so far, per pixel.</summary>
    public Span<float> Sum => _sum;

    public void Clear() => Array.Clear(_sum);

    /// <summary>Adds the sum over channels of |gradient|.</summary>
    public void Add(ReadOnlySpan<float> gradient)
    {
        for (var c = 0; c < channels; c++)
        {
            var from = gradient.Slice(c * plane, plane);
            for (var i = 0; i < plane; i++)
            {
                _sum[i] += MathF.Abs(from[i]);
            }
        }
    }

    /// <summary>min(sum, p) / p with p the 80th percentile; all 0 where p is.</summary>
    public float[] Finish()
    {
        var sorted = (float[])_sum.Clone();
        Array.Sort(sorted);
        var limit = sorted[(int)(Percentile * (plane - 1))];
        var mask = new float[plane];
        if (limit > 0)
        {
            TensorPrimitives.Min(_sum, limit, mask);
            TensorPrimitives.Divide(mask, limit, mask);
        }

        return mask;
    }
}
