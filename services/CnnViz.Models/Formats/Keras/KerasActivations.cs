using System.Text.Json;
using CnnViz.Models.TfJs;

namespace CnnViz.Models.Keras;

/// <summary>Keras' activation functions by name.</summary>
internal static class KerasActivations
{
    /// <summary>tf.nn.leaky_relu's slope, and keras.activations.leaky_relu's; the layer LeakyReLU has its own.</summary>
    private const float FunctionSlope = 0.2f;

    /// <param name="attributes">A layer's parameters with a member "activation": a name, or an object that holds one.</param>
    /// <param name="softmaxAxis">The axis of the sample, in canonical order, that is Keras' last.</param>
    /// <param name="keras3">Whether the file is of Keras 3, where hard_sigmoid differs.</param>
    /// <returns>The op; null for the identity.</returns>
    /// <exception cref="UnsupportedNodeException">There is no such function here.</exception>
    public static LayerOp? Read(KerasAttributes attributes, int softmaxAxis, bool keras3)
    {
        if (attributes.Get("activation") is not { } activation)
        {
            return null;
        }

        // Serialised objects: {"class_name": "function", "config": "relu6"} or {"class_name": "LeakyReLU", "config": {...}}.
        if (activation.ValueKind == JsonValueKind.Object)
        {
            var kind = JsonShape.Text(activation, "class_name") ?? "";
            var config = activation.TryGetProperty("config", out var inner) ? inner : default;
            if (config.ValueKind == JsonValueKind.String)
            {
                return Named(config.GetString()!, softmaxAxis, keras3);
            }

            return FromLayer(kind, new KerasAttributes(config), softmaxAxis) is [var op]
                ? op
                : Named(kind, softmaxAxis, keras3);
        }

        return activation.ValueKind == JsonValueKind.String
            ? Named(activation.GetString()!, softmaxAxis, keras3)
            : throw new ModelFormatException("its activation is not a name");
    }

    /// <summary>The ops, one after another, of a layer that is an activation; empty if the class is none.</summary>
    /// <exception cref="UnsupportedNodeException">The class is an activation with parameters that no op has.</exception>
    public static IReadOnlyList<LayerOp> FromLayer(string kind, KerasAttributes attributes, int softmaxAxis) => kind switch
    {
        "ReLU" => Relu(attributes),

        // Keras 3 renamed alpha; the default is the same.
        "LeakyReLU" => [new ActivationOp(
            ActivationKind.LeakyRelu, attributes.OptionalFloat("negative_slope") ?? attributes.Float("alpha", 0.3f))],
        "ELU" => [new ActivationOp(ActivationKind.Elu, attributes.Float("alpha", 1))],
        "ThresholdedReLU" => [new ActivationOp(ActivationKind.ThresholdedRelu, attributes.Float("theta", 1))],
        "Softmax" => [new SoftmaxOp(softmaxAxis)],
        _ => [],
    };

    private static LayerOp? Named(string name, int softmaxAxis, bool keras3) => name.ToLowerInvariant() switch
    {
        "linear" => null,
        "relu" => new ActivationOp(ActivationKind.Relu),
        "relu6" => new ActivationOp(ActivationKind.Relu6),
        "leaky_relu" or "leakyrelu" => new ActivationOp(ActivationKind.LeakyRelu, FunctionSlope),
        "elu" => new ActivationOp(ActivationKind.Elu),
        "selu" => new ActivationOp(ActivationKind.Selu),
        "celu" => new ActivationOp(ActivationKind.Celu),
        "sigmoid" => new ActivationOp(ActivationKind.Sigmoid),

        // Keras 2 and TensorFlow.js: 0.2 x + 0.5; Keras 3: x / 6 + 0.5.
        "hard_sigmoid" or "hardsigmoid" => keras3
            ? new ActivationOp(ActivationKind.HardSigmoid)
            : new ActivationOp(ActivationKind.HardSigmoid, 0.2f, 0.5f),
        "tanh" => new ActivationOp(ActivationKind.Tanh),
        "hard_tanh" => new ClipOp(-1, 1),
        "softplus" => new ActivationOp(ActivationKind.Softplus),
        "softsign" => new ActivationOp(ActivationKind.Softsign),
        "swish" or "silu" => new ActivationOp(ActivationKind.Silu),
        "hard_silu" or "hard_swish" => new ActivationOp(ActivationKind.HardSwish),
        "gelu" => new ActivationOp(ActivationKind.Gelu),
        "gelu_new" => new ActivationOp(ActivationKind.GeluTanh),
        "exponential" => new ActivationOp(ActivationKind.Exp),
        "mish" => new ActivationOp(ActivationKind.Mish),
        "softmax" => new SoftmaxOp(softmaxAxis),
        _ => throw new UnsupportedNodeException($"its activation '{KerasConfigReader.Shortened(name)}' is not known here"),
    };

    /// <summary>max_value where x reaches it; x from the threshold on; negative_slope (x - threshold) below.</summary>
    private static LayerOp[] Relu(KerasAttributes attributes)
    {
        var (most, slope, threshold) = (
            attributes.OptionalFloat("max_value"),
            Single(attributes, "negative_slope"),
            Single(attributes, "threshold"));
        if (threshold != 0 && slope != 0)
        {
            throw new UnsupportedNodeException("it has both a threshold and a negative slope");
        }

        var lower = (threshold, slope) switch
        {
            (0, 0) => new ActivationOp(ActivationKind.Relu),
            (0, _) => new ActivationOp(ActivationKind.LeakyRelu, slope),
            _ => new ActivationOp(ActivationKind.ThresholdedRelu, threshold),
        };
        return most switch
        {
            null => [lower],
            6 when threshold == 0 && slope == 0 => [new ActivationOp(ActivationKind.Relu6)],
            { } limit when threshold == 0 && slope == 0 => [new ClipOp(0, limit)],
            { } limit => [lower, new ClipOp(float.NegativeInfinity, limit)],
        };
    }

    /// <summary>Some versions write these numbers as lists of one.</summary>
    private static float Single(KerasAttributes attributes, string name) => attributes.Floats(name, 0) switch
    {
        [var value] => value,
        _ => throw new ModelFormatException($"its {name} is not one number"),
    };
}
