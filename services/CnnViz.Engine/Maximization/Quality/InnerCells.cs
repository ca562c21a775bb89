using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// The cells of a layer's channels that count: of a feature map those inside a border, which shrinks as for
/// <see cref="ChannelObjective"/>; of other outputs all.
/// </summary>
internal readonly struct InnerCells
{
    private readonly int _height;
    private readonly int _width;
    private readonly int _top;
    private readonly int _left;

    public InnerCells(TensorShape shape, int border)
    {
        var plane = (int)(shape.ElementCount / shape.Channels);
        (_height, _width) = shape.IsFeatureMap ? (shape.Height, shape.Width) : (1, plane);
        _top = Math.Min(border, (_height - 1) / 2);
        _left = shape.IsFeatureMap ? Math.Min(border, (_width - 1) / 2) : 0;
    }

    /// <summary>Cells of one channel.</summary>
    public int Count => (_height - (2 * _top)) * (_width - (2 * _left));

    /// <summary>Adds a channel's cells.</summary>
    /// <param name="activation">One sample's activation.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="values">Receives them.</param>
    public void AddTo(ReadOnlySpan<float> activation, int channel, LargestValues values)
    {
        for (var y = _top; y < _height - _top; y++)
        {
            values.Add(activation.Slice((((channel * _height) + y) * _width) + _left, _width - (2 * _left)));
        }
    }
}
