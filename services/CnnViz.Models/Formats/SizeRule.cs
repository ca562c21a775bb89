namespace CnnViz.Models;

/// <summary>Derives which input sizes a network whose source fixed one size can take.</summary>
internal static class SizeRule
{
    /// <summary>
    /// The network's largest total stride, where sizes must be its multiples for resized maps to meet others and for
    /// size-dependent paddings to stay right, and where the declared size is one; else 1.
    /// </summary>
    public static int Multiple(IReadOnlyList<Layer> layers, InputSpec input, bool sizeDependentPadding)
    {
        if (!sizeDependentPadding && !layers.Any(layer => layer.Op is ResizeOp or ConvTranspose2DOp))
        {
            return 1;
        }

        var strides = new Dictionary<string, double>(StringComparer.Ordinal);
        var largest = 1.0;
        foreach (var layer in layers)
        {
            var before = layer.Inputs.Select(name => strides.GetValueOrDefault(name)).DefaultIfEmpty(0).Max();
            var stride = layer.Op switch
            {
                InputOp => 1,
                Conv2DOp conv => before * Math.Max(conv.Stride.Height, conv.Stride.Width),
                Pool2DOp pool => before * Math.Max(pool.Stride.Height, pool.Stride.Width),
                ConvTranspose2DOp conv => before / Math.Min(conv.Stride.Height, conv.Stride.Width),
                ResizeOp resize => before / Math.Min(resize.ScaleHeight, resize.ScaleWidth),

                // Behind these a layer has no place on the picture any more.
                GlobalPool2DOp or ReduceMeanOp or FlattenOp or ReshapeOp or TransposeOp or UnsupportedOp => 0,
                _ => before,
            };
            strides[layer.Name] = stride;
            largest = Math.Max(largest, stride);
        }

        var multiple = (int)Math.Min(Math.Ceiling(largest - 1e-6), ModelLimits.MaxInputExtent);
        return input.Height % multiple == 0 && input.Width % multiple == 0 ? multiple : 1;
    }
}
