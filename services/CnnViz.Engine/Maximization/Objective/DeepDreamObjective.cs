using System.Numerics.Tensors;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// The mean of the squares of a whole layer's activations, whatever the filter: more of everything that the layer already sees,
/// as in DeepDream (Mordvintsev, Olah and Tyka 2015).
/// </summary>
/// <param name="layer">The target layer.</param>
public sealed class DeepDreamObjective(string layer) : IObjective
{
    public string Layer { get; } = layer;

    /// <inheritdoc/>
    public CellRegion Reads(TensorShape shape) => CellRegion.Whole(shape.Height, shape.Width);

    /// <inheritdoc/>
    public double Evaluate(ReadOnlySpan<float> activation, TensorShape shape, int filter, Span<float> cotangent)
    {
        TensorPrimitives.Multiply(activation, 2f / activation.Length, cotangent);
        return SquaredNorm.Of(activation) / activation.Length;
    }
}
