namespace CnnViz.Models;

/// <summary>What the network's input channels mean, in order.</summary>
public enum ChannelOrder
{
    Gray,
    Rgb,
    Bgr,

    /// <summary>
    /// Red, green, blue and a fourth channel that is held constant at <see cref="InputSpec.ConstantChannelValue"/>.
    /// </summary>
    Rgba,

    /// <summary>No colour meaning is known.</summary>
    Other,
}

/// <summary>
/// The network's picture input. A picture's channel value p in 0..255 enters the network as (p - Mean[c]) / Std[c], where c
/// counts the network's own channel order.
/// </summary>
public sealed record InputSpec
{
    /// <summary>Name of the graph's input layer.</summary>
    public required string Name { get; init; }

    /// <summary>Default height in pixels, as declared by the source.</summary>
    public required int Height { get; init; }

    /// <summary>Default width in pixels, as declared by the source.</summary>
    public required int Width { get; init; }

    public required int Channels { get; init; }

    public required ChannelOrder Order { get; init; }

    /// <summary>Subtracted per channel, in 0..255 pixel units; one value per channel in the network's order.</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>Divides per channel after the mean; one value above 0 per channel in the network's order.</summary>
    public required IReadOnlyList<float> Std { get; init; }

    /// <summary>For <see cref="ChannelOrder.Rgba"/>: the fourth channel's value as the network receives it.</summary>
    public float ConstantChannelValue { get; init; } = 1;

    /// <summary>Heights and widths must be multiples of this; 1 = any size.</summary>
    public int SizeMultiple { get; init; } = 1;

    /// <summary>True when the graph runs only at the declared size.</summary>
    public bool FixedSize { get; init; }

    /// <summary>True when the source stored feature maps channels-last; summaries then print (None, H, W, C).</summary>
    public bool ChannelsLast { get; init; }
}
