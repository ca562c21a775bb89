namespace CnnViz.Models.TfJs;

/// <summary>Makes the picture input from a placeholder and the caller's options.</summary>
internal sealed class PictureInput(TfJsReadOptions options)
{
    /// <returns>The input and TensorFlow's view of it.</returns>
    public (InputSpec Spec, int[] Axes) Describe(NodeDef node, string name)
    {
        var dims = node.Message("shape", "shape") is { } shape ? JsonNumbers.Shape(shape, "its shape") : null;
        if (dims is not { Length: 4 })
        {
            throw new UnsupportedNodeException("it is no picture input: only placeholders of rank 4 are");
        }

        if (dims[0] is not (-1 or 1))
        {
            throw new ModelFormatException($"it declares a batch of {dims[0]}; 1 or any is supported");
        }

        // Channels come first only where the extents leave no other reading, as in (1, 3, 416, 416).
        var last = options.ChannelsLast ?? !(IsChannels(dims[1]) && !IsChannels(dims[3]) && (dims[3] == -1 || dims[3] > dims[1]));
        var (channels, height, width) = last ? (dims[3], dims[1], dims[2]) : (dims[1], dims[2], dims[3]);
        height = height > 0 ? height : options.DefaultSize?.Height ?? -1;
        width = width > 0 ? width : options.DefaultSize?.Width ?? -1;
        if (channels < 1 || height is < 1 or > ModelLimits.MaxInputExtent || width is < 1 or > ModelLimits.MaxInputExtent)
        {
            throw new ModelFormatException(
                $"it declares {channels} channels of {height}x{width} pixels; a definite size up to {ModelLimits.MaxInputExtent} is needed");
        }

        var spec = new InputSpec
        {
            Name = name,
            Height = height,
            Width = width,
            Channels = channels,
            Order = options.Order ?? channels switch
            {
                1 => ChannelOrder.Gray,
                3 => ChannelOrder.Rgb,
                4 => ChannelOrder.Rgba,
                _ => ChannelOrder.Other,
            },
            Mean = PerChannel(options.Mean, channels, "mean"),
            Std = PerChannel(options.Std, channels, "std"),
            ConstantChannelValue = options.ConstantChannelValue,
            ChannelsLast = last,
        };
        return (spec, last ? TfData.Nhwc : TfData.Nchw);
    }

    private static bool IsChannels(int extent) => extent is 1 or 3 or 4;

    private static float[] PerChannel(IReadOnlyList<float> values, int channels, string what)
    {
        if (values.Count != 1 && values.Count != channels)
        {
            throw new ModelFormatException($"{values.Count} {what} values were given for {channels} channels");
        }

        if (values.Any(value => !float.IsFinite(value) || (what == "std" && value <= 0)))
        {
            throw new ModelFormatException($"a {what} value is not finite or not above 0");
        }

        return values.Count == channels ? [.. values] : [.. Enumerable.Repeat(values[0], Math.Min(channels, ModelLimits.MaxLayers))];
    }
}
