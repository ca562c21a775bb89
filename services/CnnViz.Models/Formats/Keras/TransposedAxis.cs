namespace CnnViz.Models.Keras;

/// <summary>
/// One axis of a transposed convolution: what is taken away before and after the full output, and what is added behind it.
/// TensorFlow takes back what SAME padding would have added to the larger map, the odd cell behind.
/// </summary>
internal readonly record struct TransposedAxis(int Before, int After, int Extra)
{
    /// <param name="extent">Input cells.</param>
    /// <param name="kernel">Kernel cells.</param>
    /// <param name="stride">Output cells from one input cell to the next.</param>
    /// <param name="dilation">Output cells from one kernel cell to the next.</param>
    /// <param name="outputPadding">Keras' output_padding; null lets it choose the output's extent.</param>
    /// <param name="same">Whether the padding is "same".</param>
    public static TransposedAxis Of(int extent, int kernel, int stride, int dilation, int? outputPadding, bool same)
    {
        if (kernel is < 1 or > ModelLimits.MaxSpatialAttribute || stride is < 1 or > ModelLimits.MaxSpatialAttribute
            || dilation is < 1 or > ModelLimits.MaxSpatialAttribute)
        {
            throw new ModelFormatException(
                $"its kernel of {kernel}, stride of {stride} or dilation of {dilation} is outside "
                + $"1..{ModelLimits.MaxSpatialAttribute}");
        }

        var window = ((kernel - 1L) * dilation) + 1;
        var full = ((extent - 1L) * stride) + window;
        var wanted = (outputPadding, same) switch
        {
            (null, true) => (long)extent * stride,
            (null, false) => ((long)extent * stride) + Math.Max(window - stride, 0),
            ({ } cells, true) => full - (2 * (window / 2)) + cells,
            ({ } cells, false) => full + cells,
        };
        if (same && (wanted + stride - 1) / stride != extent)
        {
            throw new UnsupportedNodeException($"its output_padding of {outputPadding} does not lead back to its input");
        }

        var taken = Math.Max(full - wanted, 0);
        return taken <= int.MaxValue && wanted - full <= int.MaxValue
            ? new TransposedAxis((int)(taken / 2), (int)(taken - (taken / 2)), (int)Math.Max(wanted - full, 0))
            : throw new ModelFormatException("its output is too large");
    }
}
