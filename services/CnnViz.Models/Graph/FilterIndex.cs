namespace CnnViz.Models;

/// <summary>Which filter (output channel) each element of a weight belongs to, whatever the weight's axis order.</summary>
public readonly record struct FilterIndex
{
    private readonly int _inner;
    private readonly int _made;
    private readonly int _outer;
    private readonly bool _groupInside;

    private FilterIndex(int count, int inner, int made, int outer, bool groupInside = false)
    {
        Count = count;
        (_inner, _made, _outer, _groupInside) = (inner, made, outer, groupInside);
    }

    /// <summary>Number of filters.</summary>
    public int Count { get; }

    /// <summary>The filter of an element.</summary>
    /// <param name="element">Its row-major position in the weight, from 0.</param>
    /// <returns>0 to <see cref="Count"/> - 1.</returns>
    public int Of(int element)
    {
        var group = _groupInside ? element % _inner / _outer : element / _outer;
        return (group * _made) + (element / _inner % _made);
    }

    /// <summary>
    /// Reads a weight's axes. A transposed convolution's filters lie along its output axis, once more for each group of inputs;
    /// where the layout says nothing, filters lie along the last axis, as in Keras.
    /// </summary>
    /// <param name="weight">A weight of rank 1 or more, none of whose extents is 0.</param>
    /// <param name="groups">The layer's groups, at least 1; matters for transposed convolutions alone.</param>
    /// <exception cref="ModelFormatException">The kernel of a transposed convolution does not suit the groups.</exception>
    public static FilterIndex For(LayerWeight weight, int groups = 1)
    {
        var shape = weight.Shape;
        var all = checked((int)weight.ElementCount);
        switch (weight.Layout)
        {
            case WeightLayout.Oihw or WeightLayout.OutIn:
                return new(shape[0], all / shape[0], shape[0], all);
            case WeightLayout.Hwim:
                var channels = shape[2] * shape[3];
                return new(channels, 1, channels, all);
            case WeightLayout.Iohw:
                var tall = KernelShape.OfTransposed(weight, groups);
                var plane = tall.Height * tall.Width;
                return new(tall.Out, plane, shape[1], tall.InPerGroup * shape[1] * plane);
            case WeightLayout.Hwoi:
                var wide = KernelShape.OfTransposed(weight, groups);
                return new(wide.Out, shape[3], shape[2], wide.InPerGroup, groupInside: true);
            default:
                return new(shape[^1], 1, shape[^1], all);
        }
    }
}
