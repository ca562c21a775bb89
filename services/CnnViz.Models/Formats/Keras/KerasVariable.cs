namespace CnnViz.Models.Keras;

/// <summary>How a variable's stored values become a layer's weight.</summary>
internal enum KerasTransform
{
    /// <summary>As they are.</summary>
    None,

    /// <summary>(height, width, channels) to (channels, height, width).</summary>
    ChannelsFirst,

    /// <summary>One value for every channel.</summary>
    Repeat,
}

/// <summary>A variable of a Keras layer.</summary>
/// <param name="Name">Its name within the layer, such as "depthwise_kernel".</param>
/// <param name="Shape">Extents as Keras stores them.</param>
/// <param name="Key">The weight that it is; null for one that takes no part in the result.</param>
/// <param name="Transform">How it becomes that weight.</param>
internal sealed record KerasVariable(
    string Name, IReadOnlyList<int> Shape, string? Key, KerasTransform Transform = KerasTransform.None);

/// <summary>A layer with variables and where its model holds it.</summary>
/// <param name="Title">Its name for messages.</param>
/// <param name="Path">The models around it, outermost first, each with the layer of it that leads on; the last is itself.</param>
/// <param name="Variables">In get_weights() order.</param>
internal sealed record KerasWeightedLayer(
    string Title,
    IReadOnlyList<(KerasModelConfig Model, KerasLayerConfig Layer)> Path,
    IReadOnlyList<KerasVariable> Variables)
{
    /// <summary>The layer itself.</summary>
    public KerasLayerConfig Layer => Path[^1].Layer;
}
