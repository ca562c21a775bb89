namespace CnnViz.Imaging.Layout;

/// <summary>
/// Reorders tensors so that each tile's values lie together, row by row: the form that grids and normalising take.
/// </summary>
public static class TensorTiles
{
    /// <summary>(height, width, channels) to (channels, height, width): one tile per channel of a feature map.</summary>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void FromChannelsLast(ReadOnlySpan<float> values, int height, int width, int channels, Span<float> tiles)
    {
        var area = Check(values.Length, tiles.Length, (Int128)height * width * channels) / channels;
        for (var pixel = 0; pixel < area; pixel++)
        {
            for (var c = 0; c < channels; c++)
                tiles[c * area + pixel] = values[pixel * channels + c];
        }
    }

    /// <summary>
    /// Keras kernels (height, width, input, output) to (output, input, height, width): filters as rows, their inputs as columns.
    /// </summary>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void FromKerasKernel(
        ReadOnlySpan<float> values, int height, int width, int inputs, int outputs, Span<float> tiles)
    {
        var area = Check(values.Length, tiles.Length, (Int128)height * width * inputs * outputs) / (inputs * outputs);
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++)
            {
                for (var pixel = 0; pixel < area; pixel++)
                    tiles[(o * inputs + i) * area + pixel] = values[(pixel * inputs + i) * outputs + o];
            }
        }
    }

    private static int Check(int values, int tiles, Int128 needed)
    {
        if (needed < 1 || values != needed || tiles < needed)
            throw new ArgumentException(
                $"The shape has {needed} elements, but {values} values are given for {tiles}.", nameof(values));
        return values;
    }
}
