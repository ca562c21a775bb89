using System.Numerics.Tensors;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// The mean of one channel of a feature map over its cells, without a border of cells that see mostly the picture's padding. For
/// outputs that are no feature maps the filter indexes the first axis and the mean goes over the rest, so for a dense layer it
/// is the unit itself.
/// </summary>
/// <param name="layer">The target layer.</param>
/// <param name="border">
/// Cells left out on each side, at least 0: 2 in Keras' example (activation[2:-2, 2:-2]), 1 for the Fourier recipe. On an axis
/// too short for it the border shrinks to floor((extent - 1) / 2), so that the middle cell, or the middle two, always remain.
/// </param>
public sealed class ChannelObjective(string layer, int border) : IObjective
{
    public string Layer { get; } = layer;

    /// <summary>Cells left out on each side where the map is large enough.</summary>
    public int Border { get; } = border >= 0 ? border : throw new ArgumentOutOfRangeException(nameof(border), border, "below 0");

    /// <inheritdoc/>
    public CellRegion Reads(TensorShape shape)
    {
        var (top, left) = (Shrink(shape.Height), Shrink(shape.Width));
        return new CellRegion(top, shape.Height - top, left, shape.Width - left);
    }

    /// <inheritdoc/>
    public double Evaluate(ReadOnlySpan<float> activation, TensorShape shape, int filter, Span<float> cotangent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(filter);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(filter, shape.Channels);
        cotangent.Clear();
        var plane = (int)(shape.ElementCount / shape.Channels);
        var (height, width) = shape.IsFeatureMap ? (shape.Height, shape.Width) : (1, plane);
        var top = Shrink(height);
        var left = shape.IsFeatureMap ? Shrink(width) : 0;
        var (rows, columns) = (height - (2 * top), width - (2 * left));
        var weight = 1.0 / ((double)rows * columns);
        double sum = 0;
        for (var y = top; y < top + rows; y++)
        {
            var start = (filter * plane) + (y * width) + left;
            sum += TensorPrimitives.Sum(activation.Slice(start, columns));
            cotangent.Slice(start, columns).Fill((float)weight);
        }

        return sum * weight;
    }

    private int Shrink(int extent) => Math.Min(Border, (extent - 1) / 2);
}
