namespace CnnViz.Models;

/// <summary>A convolution kernel's extents in canonical terms, whatever its source's axis order.</summary>
/// <param name="Out">Output channels.</param>
/// <param name="InPerGroup">Input channels that one output channel sees.</param>
/// <param name="Height">Kernel height in pixels.</param>
/// <param name="Width">Kernel width in pixels.</param>
public readonly record struct KernelShape(int Out, int InPerGroup, int Height, int Width)
{
    /// <summary>Reads the extents of a convolution's "kernel" weight.</summary>
    /// <exception cref="ModelFormatException">The weight is not of rank 4, has a zero extent, or is in no convolution
    /// layout.</exception>
    public static KernelShape Of(LayerWeight weight)
    {
        var d = FourExtents(weight);
        return weight.Layout switch
        {
            WeightLayout.Hwio => new(d[3], d[2], d[0], d[1]),
            WeightLayout.Oihw => new(d[0], d[1], d[2], d[3]),
            WeightLayout.Hwim => new(Multiply(weight, d[2], d[3]), 1, d[0], d[1]),
            _ => throw new ModelFormatException($"kernel '{weight.Key}' has layout {weight.Layout}, which is no convolution's"),
        };
    }

    /// <summary>Reads the extents of a transposed convolution's "kernel" weight.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="groups">The convolution's groups, at least 1.</param>
    /// <exception cref="ModelFormatException">The weight is not of rank 4, has a zero extent, is in no transposed convolution's
    /// layout, or its input channels are no multiple of the groups.</exception>
    public static KernelShape OfTransposed(LayerWeight weight, int groups)
    {
        var d = FourExtents(weight);
        var (taken, made, height, width) = weight.Layout switch
        {
            WeightLayout.Iohw => (d[0], d[1], d[2], d[3]),
            WeightLayout.Hwoi => (d[3], d[2], d[0], d[1]),
            _ => throw new ModelFormatException(
                $"kernel '{weight.Key}' has layout {weight.Layout}, which is no transposed convolution's"),
        };
        return groups >= 1 && taken % groups == 0
            ? new(Multiply(weight, made, groups), taken / groups, height, width)
            : throw new ModelFormatException(
                $"{groups} groups do not divide the {taken} channels that kernel '{weight.Key}' takes");
    }

    private static IReadOnlyList<int> FourExtents(LayerWeight weight)
    {
        var d = weight.Shape;
        return d.Count == 4 && d.All(extent => extent >= 1)
            ? d
            : throw new ModelFormatException(
                $"kernel '{weight.Key}' has shape ({string.Join(", ", d)}); a convolution's has four extents of at least 1");
    }

    private static int Multiply(LayerWeight weight, int channels, int factor)
    {
        var product = (long)channels * factor;
        return product <= int.MaxValue
            ? (int)product
            : throw new ModelFormatException($"kernel '{weight.Key}' makes {product} output channels, more than {int.MaxValue}");
    }
}
