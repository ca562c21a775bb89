namespace CnnViz.Render.Upstream;

/// <summary>A layer's kernel by filter and input channel, whatever axis order it came in.</summary>
internal sealed class LayerKernel
{
    private readonly ReceivedTensor _tensor;

    // Strides in elements of (filter, input channel, row, column).
    private readonly (int Filter, int Input, int Row, int Column) _stride;

    private LayerKernel(ReceivedTensor tensor, int filters, int inputs, int height, int width, (int, int, int, int) stride)
    {
        _tensor = tensor;
        (Filters, Inputs, Height, Width) = (filters, inputs, height, width);
        _stride = stride;
    }

    public int Filters { get; }

    /// <summary>Input channels each filter sees (per group).</summary>
    public int Inputs { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Reads a convolution kernel; null when the tensor is not one.</summary>
    public static LayerKernel? From(ReceivedTensor tensor)
    {
        var s = tensor.Shape;
        return tensor.Header.Layout switch
        {
            "HWIO" => new(tensor, s[3], s[2], s[0], s[1], (1, s[3], s[1] * s[2] * s[3], s[2] * s[3])),
            "OIHW" => new(tensor, s[0], s[1], s[2], s[3], (s[1] * s[2] * s[3], s[2] * s[3], s[3], 1)),

            // Depthwise: output channel c * multiplier + m sees input channel c alone.
            "HWIM" => new(tensor, s[2] * s[3], 1, s[0], s[1], (1, 0, s[1] * s[2] * s[3], s[2] * s[3])),
            _ => null,
        };
    }

    /// <summary>The same kernel with other values, in the tensor's own order.</summary>
    public LayerKernel With(float[] values) => new(_tensor with { Values = values }, Filters, Inputs, Height, Width, _stride);

    /// <summary>All values, in the tensor's own order.</summary>
    public ReadOnlySpan<float> Values => _tensor.Values;

    /// <summary>Copies one filter's weights for one input channel, row-major (height, width).</summary>
    public void Copy(int filter, int input, Span<float> tile)
    {
        var start = filter * _stride.Filter + input * _stride.Input;
        for (var row = 0; row < Height; row++)
        {
            for (var column = 0; column < Width; column++)
            {
                tile[row * Width + column] = _tensor.Values[start + row * _stride.Row + column * _stride.Column];
            }
        }
    }
}
