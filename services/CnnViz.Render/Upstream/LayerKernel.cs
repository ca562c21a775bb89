namespace CnnViz.Render.Upstream;

/// <summary>A layer's kernel by filter and input channel, whatever axis order it came in.</summary>
internal sealed class LayerKernel
{
    private readonly ReceivedTensor _tensor;
    private readonly Axes _axes;

    private LayerKernel(ReceivedTensor tensor, Axes axes)
    {
        _tensor = tensor;
        _axes = axes;
    }

    public int Filters => _axes.Groups * _axes.Filters;

    /// <summary>Input channels each filter sees (per group).</summary>
    public int Inputs => _axes.Inputs;

    public int Height => _axes.Height;

    public int Width => _axes.Width;

    /// <summary>
    /// Reads a convolution kernel; null when the tensor is not one. A transposed convolution's filters are its output channels:
    /// a tile is what one input channel adds to that channel around each of its pixels, unflipped.
    /// </summary>
    /// <param name="tensor">The weights.</param>
    /// <param name="groups">The layer's groups; 0 is taken for 1. Only a transposed convolution's kernel does not tell
    /// them.</param>
    /// <exception cref="InvalidDataException">A transposed convolution's input channels are no multiple of the
    /// groups.</exception>
    public static LayerKernel? From(ReceivedTensor tensor, int groups)
    {
        var s = tensor.Shape;
        Axes? axes = tensor.Header.Layout switch
        {
            "HWIO" => new(1, 0, s[3], 1, s[2], s[3], s[0], s[1] * s[2] * s[3], s[1], s[2] * s[3]),
            "OIHW" => new(1, 0, s[0], s[1] * s[2] * s[3], s[1], s[2] * s[3], s[2], s[3], s[3], 1),

            // Depthwise: output channel c * multiplier + m sees input channel c alone.
            "HWIM" => new(1, 0, s[2] * s[3], 1, 1, 0, s[0], s[1] * s[2] * s[3], s[1], s[2] * s[3]),

            // Transposed: each group of inputs has output channels of its own, which share the output axis.
            "IOHW" => Axes.Grouped(groups, s[1], s[2] * s[3], s[0], s[1] * s[2] * s[3], s[2], s[3], s[3], 1),
            "HWOI" => Axes.Grouped(groups, s[2], s[3], s[3], 1, s[0], s[1] * s[2] * s[3], s[1], s[2] * s[3]),
            _ => null,
        };
        return axes is null ? null : new(tensor, axes);
    }

    /// <summary>The same kernel with other values, in the tensor's own order.</summary>
    public LayerKernel With(float[] values) => new(_tensor with { Values = values }, _axes);

    /// <summary>All values, in the tensor's own order.</summary>
    public ReadOnlySpan<float> Values => _tensor.Values;

    /// <summary>Copies one filter's weights for one input channel, row-major (height, width).</summary>
    public void Copy(int filter, int input, Span<float> tile)
    {
        var (group, within) = Math.DivRem(filter, _axes.Filters);
        var start = (group * _axes.GroupStep) + (within * _axes.FilterStep) + (input * _axes.InputStep);
        for (var row = 0; row < Height; row++)
        {
            for (var column = 0; column < Width; column++)
            {
                tile[(row * Width) + column] = _tensor.Values[start + (row * _axes.RowStep) + (column * _axes.ColumnStep)];
            }
        }
    }

    /// <summary>Extents (filters and inputs per group), and how many elements lie between neighbours along each axis.</summary>
    private sealed record Axes(
        int Groups,
        int GroupStep,
        int Filters,
        int FilterStep,
        int Inputs,
        int InputStep,
        int Height,
        int RowStep,
        int Width,
        int ColumnStep)
    {
        /// <summary>Axes where the inputs of all groups lie one after another.</summary>
        public static Axes Grouped(
            int groups, int filters, int filterStep, int allInputs, int inputStep, int height, int rowStep, int width, int columnStep)
        {
            groups = Math.Max(1, groups);
            var inputs = allInputs % groups == 0
                ? allInputs / groups
                : throw new InvalidDataException($"{groups} groups do not divide {allInputs} input channels");
            return new(groups, inputs * inputStep, filters, filterStep, inputs, inputStep, height, rowStep, width, columnStep);
        }
    }
}
