namespace CnnViz.Models;

/// <summary>Makes the picture input from a source's declaration and the caller's options.</summary>
/// <param name="options">What the file does not say.</param>
/// <param name="channelsLastByDefault">The axis order where the extents do not tell it.</param>
internal sealed class PictureInput(ModelReadOptions options, bool channelsLastByDefault)
{
    /// <param name="name">The input layer's name.</param>
    /// <param name="dims">The four declared extents, batch first; -1 where the source leaves one open.</param>
    public InputSpec Describe(string name, IReadOnlyList<int> dims)
    {
        var last = options.ChannelsLast ?? ChannelsLast(dims);
        var (channels, height, width) = last ? (dims[3], dims[1], dims[2]) : (dims[1], dims[2], dims[3]);
        height = height > 0 ? height : options.DefaultSize?.Height ?? -1;
        width = width > 0 ? width : options.DefaultSize?.Width ?? -1;
        if (channels < 1 || height is < 1 or > ModelLimits.MaxInputExtent || width is < 1 or > ModelLimits.MaxInputExtent)
        {
            throw new ModelFormatException(
                $"it declares {channels} channels of {height}x{width} pixels; a definite size up to {ModelLimits.MaxInputExtent} is needed");
        }

        return new InputSpec
        {
            Name = name,
            Height = height,
            Width = width,
            Channels = channels,
            Order = OrderOf(options.Order, channels),
            Mean = PerChannel(options.Mean ?? [0], channels, "mean"),
            Std = PerChannel(options.Std ?? [255], channels, "std"),
            ConstantChannelValue = options.ConstantChannelValue,
            ChannelsLast = last,
        };
    }

    /// <summary>The input of a network that is there already, with what the caller's options say about it.</summary>
    /// <exception cref="ModelFormatException">They do not fit its channels.</exception>
    public static InputSpec Apply(InputSpec input, ModelReadOptions options)
    {
        input = input with
        {
            Order = options.Order is null ? input.Order : OrderOf(options.Order, input.Channels),
            SizeMultiple = options.SizeMultiple ?? input.SizeMultiple,
        };
        return options is { Mean: null, Std: null }
            ? input
            : input with
            {
                Mean = PerChannel(options.Mean ?? [0], input.Channels, "mean"),
                Std = PerChannel(options.Std ?? [255], input.Channels, "std"),
            };
    }

    private static ChannelOrder OrderOf(ChannelOrder? given, int channels)
    {
        var needed = given switch
        {
            ChannelOrder.Gray => 1,
            ChannelOrder.Rgb or ChannelOrder.Bgr => 3,
            ChannelOrder.Rgba => 4,
            _ => channels,
        };
        if (needed != channels)
        {
            throw new ModelFormatException($"its input has {channels} channels, but the order that was given, {given}, is for {needed}");
        }

        return given ?? channels switch
        {
            1 => ChannelOrder.Gray,
            3 => ChannelOrder.Rgb,
            4 => ChannelOrder.Rgba,
            _ => ChannelOrder.Other,
        };
    }

    /// <summary>Whether the extents leave only one reading, as (1, 3, 416, 416) does; else the default.</summary>
    private bool ChannelsLast(IReadOnlyList<int> dims)
    {
        var first = IsChannels(dims[1]) && !IsChannels(dims[3]) && (dims[3] == -1 || dims[3] > dims[1]);
        var last = IsChannels(dims[3]) && !IsChannels(dims[1]) && (dims[1] == -1 || dims[1] > dims[3]);
        return channelsLastByDefault ? !first : last;
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

        return values.Count == channels
            ? [.. values]
            : [.. Enumerable.Repeat(values[0], Math.Min(channels, ModelLimits.MaxLayers))];
    }
}
