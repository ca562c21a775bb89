using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// A direction d in a layer's channel space: at each cell, with the channels' values a, dot(a, d) * max(0.1, cos(a, d))^p,
/// averaged over the cells without a border. With p = 0 it is the plain dot product; a higher power asks for the direction alone.
/// The filter does not matter.
/// </summary>
/// <remarks>
/// With c = cos(a, d) above 0.1, the gradient to a is c^p d + dot * p c^(p-1) * (d / |d| - c a / |a|) / |a|; below, 0.1^p d.
/// </remarks>
/// <param name="layer">The target layer.</param>
/// <param name="direction">One number per channel, not all 0.</param>
/// <param name="cosinePower">p, at least 0.</param>
/// <param name="border">Cells left out on each side, as for <see cref="ChannelObjective"/>.</param>
public sealed class DirectionObjective(string layer, IReadOnlyList<float> direction, double cosinePower, int border) : IObjective
{
    private const double SmallestCosine = 0.1;

    private readonly double _norm = Math.Sqrt(direction.Sum(d => (double)d * d));

    public string Layer { get; } = layer;

    /// <inheritdoc/>
    public CellRegion Reads(TensorShape shape)
    {
        var (top, left) = (Math.Min(border, (shape.Height - 1) / 2), Math.Min(border, (shape.Width - 1) / 2));
        return new CellRegion(top, shape.Height - top, left, shape.Width - left);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The direction has another length than the layer has channels.</exception>
    public double Evaluate(ReadOnlySpan<float> activation, TensorShape shape, int filter, Span<float> cotangent)
    {
        if (shape.Channels != direction.Count)
        {
            throw new ArgumentException($"the direction has {direction.Count} numbers, the layer {shape.Channels} channels", nameof(shape));
        }

        cotangent.Clear();
        var plane = (int)(shape.ElementCount / shape.Channels);
        var (height, width) = shape.IsFeatureMap ? (shape.Height, shape.Width) : (1, plane);
        var top = Math.Min(border, (height - 1) / 2);
        var left = shape.IsFeatureMap ? Math.Min(border, (width - 1) / 2) : 0;
        var weight = 1.0 / ((height - (2 * top)) * (width - (2 * left)));
        double sum = 0;
        for (var y = top; y < height - top; y++)
        {
            for (var x = left; x < width - left; x++)
            {
                sum += Cell(activation, cotangent, (y * width) + x, plane, weight);
            }
        }

        return sum * weight;
    }

    private double Cell(ReadOnlySpan<float> activation, Span<float> cotangent, int cell, int plane, double weight)
    {
        double dot = 0, squares = 0;
        for (var c = 0; c < direction.Count; c++)
        {
            var a = activation[(c * plane) + cell];
            dot += (double)a * direction[c];
            squares += (double)a * a;
        }

        var length = Math.Sqrt(squares);
        var cosine = length > 0 ? dot / (length * _norm) : 0;
        var bent = cosinePower > 0 && cosine > SmallestCosine;
        var factor = Math.Pow(Math.Max(SmallestCosine, cosine), cosinePower);
        var turn = bent ? dot * cosinePower * Math.Pow(cosine, cosinePower - 1) / length : 0;
        for (var c = 0; c < direction.Count; c++)
        {
            var gradient = factor * direction[c];
            if (bent)
            {
                gradient += turn * ((direction[c] / _norm) - (cosine * activation[(c * plane) + cell] / length));
            }

            cotangent[(c * plane) + cell] = (float)(weight * gradient);
        }

        return dot * factor;
    }
}
