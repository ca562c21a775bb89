using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>One cell of one channel of a feature map. For outputs that are no feature maps, the unit itself or its middle
/// value.</summary>
/// <param name="layer">The target layer.</param>
/// <param name="row">Row of the cell, from 0; negative for the middle row, height / 2.</param>
/// <param name="column">Column of the cell, from 0; negative for the middle column, width / 2.</param>
public sealed class NeuronObjective(string layer, int row = -1, int column = -1) : IObjective
{
    public string Layer { get; } = layer;

    /// <inheritdoc/>
    public CellRegion Reads(TensorShape shape)
    {
        var (y, x) = (row < 0 ? shape.Height / 2 : row, column < 0 ? shape.Width / 2 : column);
        return new CellRegion(y, y + 1, x, x + 1);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The filter or cell does not exist.</exception>
    public double Evaluate(ReadOnlySpan<float> activation, TensorShape shape, int filter, Span<float> cotangent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(filter);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(filter, shape.Channels);
        cotangent.Clear();
        var plane = (int)(shape.ElementCount / shape.Channels);
        var (height, width) = shape.IsFeatureMap ? (shape.Height, shape.Width) : (1, plane);
        var (y, x) = (row < 0 ? height / 2 : row, column < 0 ? width / 2 : column);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(y, height);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(x, width);
        var index = (filter * plane) + (y * width) + x;
        cotangent[index] = 1;
        return activation[index];
    }
}
