namespace CnnViz.Models;

/// <summary>What a model file does not say about itself.</summary>
public record ModelReadOptions
{
    /// <summary>The model's name in requests; by default the file's name without its extension.</summary>
    public string? Name { get; init; }

    /// <summary>One line: what the network is, and its licence where known.</summary>
    public string Description { get; init; } = "";

    /// <summary>What the input channels mean; by default from their number: 1 gray, 3 RGB, 4 RGBA, else other.</summary>
    public ChannelOrder? Order { get; init; }

    /// <summary>
    /// Subtracted per channel, in 0..255 pixel units, in the network's order; one value serves all channels. Default 0; where
    /// neither this nor <see cref="Std"/> is given, what the model or the network of the zoo brings itself.
    /// </summary>
    public IReadOnlyList<float>? Mean { get; init; }

    /// <summary>
    /// Divides per channel, in the network's order, each above 0; one value serves all channels. Default 255; see
    /// <see cref="Mean"/>.
    /// </summary>
    public IReadOnlyList<float>? Std { get; init; }

    /// <summary>Value of a constant fourth channel, in the network's units.</summary>
    public float ConstantChannelValue { get; init; } = 1;

    /// <summary>Class names by index.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The layer whose first channels are the classes; by default found by <see cref="ClassLayers"/>.</summary>
    public string? ClassLayer { get; init; }

    /// <summary>Heights and widths must be multiples of this; by default derived from the network's strides.</summary>
    public int? SizeMultiple { get; init; }

    /// <summary>Whether the input is (height, width, channels); by default from its extents and, failing that, true.</summary>
    public bool? ChannelsLast { get; init; }

    /// <summary>Input height and width in pixels for files that declare none; a declared size wins.</summary>
    public Size2D? DefaultSize { get; init; }
}
