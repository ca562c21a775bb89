namespace CnnViz.Models;

/// <summary>A convolution kernel's extents in canonical terms, whatever its source's axis order.</summary>
/// <param name="Out">Output channels.</param>
/// <param name="InPerGroup">Input channels that one output channel sees.</param>
/// <param name="Height">Kernel height in pixels.</param>
/// <param name="Width">Kernel width in pixels.</param>
public readonly record struct KernelShape(int Out, int InPerGroup, int Height, int Width)
{
    /// <summary>Reads the extents of a convolution's "kernel" weight.</summary>
    /// <exception cref="ModelFormatException">The weight is not of rank 4, has a zero extent, or is in no convolution layout.</exception>
    public static KernelShape Of(LayerWeight weight)
    {
        var d = weight.Shape;
        if (d.Count != 4 || d.Any(extent => extent < 1))
        {
            throw new ModelFormatException($"kernel '{weight.Key}' has shape ({string.Join(", ", d)}); a convolution's has four extents of at least 1");
        }

        return weight.Layout switch
        {
            WeightLayout.Hwio => new(d[3], d[2], d[0], d[1]),
            WeightLayout.Oihw => new(d[0], d[1], d[2], d[3]),
            WeightLayout.Hwim => new(Multiply(weight, d[2], d[3]), 1, d[0], d[1]),
            _ => throw new ModelFormatException($"kernel '{weight.Key}' has layout {weight.Layout}, which is no convolution's"),
        };
    }

    private static int Multiply(LayerWeight weight, int channels, int multiplier)
    {
        var product = (long)channels * multiplier;
        return product <= int.MaxValue
            ? (int)product
            : throw new ModelFormatException($"kernel '{weight.Key}' makes {product} output channels, more than {int.MaxValue}");
    }
}
