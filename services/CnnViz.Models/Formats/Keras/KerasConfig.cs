using System.Text.Json;

namespace CnnViz.Models.Keras;

/// <summary>One output of one call of a layer, as Keras names a tensor.</summary>
/// <param name="Layer">The layer's name within its model.</param>
/// <param name="Call">Which of the layer's calls, from 0.</param>
/// <param name="Output">Which of the call's outputs, from 0.</param>
internal readonly record struct KerasTensor(string Layer, int Call, int Output);

/// <summary>A layer's arguments in one of its calls.</summary>
/// <param name="Tensors">The tensors it takes, in order.</param>
/// <param name="HasConstants">Whether it also takes numbers in place of tensors.</param>
internal sealed record KerasCall(IReadOnlyList<KerasTensor> Tensors, bool HasConstants);

/// <summary>A layer of a configuration. Compared by reference: two layers may look alike.</summary>
internal sealed class KerasLayerConfig
{
    public required string Name { get; init; }

    /// <summary>Keras' class, such as "Conv2D".</summary>
    public required string ClassName { get; init; }

    /// <summary>Where Keras has the class from, such as "keras.layers"; empty in older files.</summary>
    public string Module { get; init; } = "";

    /// <summary>The class' own parameters.</summary>
    public required JsonElement Config { get; init; }

    /// <summary>The model that this layer is; null for others.</summary>
    public KerasModelConfig? Model { get; init; }

    /// <summary>Its calls in a functional model; empty for inputs and in sequential ones.</summary>
    public required IReadOnlyList<KerasCall> Calls { get; init; }
}

/// <summary>A Sequential or Functional model's configuration.</summary>
internal sealed record KerasModelConfig(
    string Name,
    bool Sequential,
    IReadOnlyList<KerasLayerConfig> Layers,
    IReadOnlyList<KerasTensor> Inputs,
    IReadOnlyList<KerasTensor> Outputs)
{
    /// <summary>The shape a Sequential model was built for, batch first, -1 where open; null where not told.</summary>
    public IReadOnlyList<int>? BuildShape { get; init; }
}
