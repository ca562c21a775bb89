namespace CnnViz.Models;

/// <summary>A layer of a <see cref="ModelGraph"/>: one op with one output tensor.</summary>
public sealed record Layer
{
    private readonly string? _className;

    /// <summary>Unique in the graph; the source's name, shortened only where that is unambiguous.</summary>
    public required string Name { get; init; }

    public required LayerOp Op { get; init; }

    /// <summary>The class shown in summaries; the op's unless the source has another word (Keras' Activation, Dropout).</summary>
    public string ClassName
    {
        get => _className ?? Op.ClassName;
        init => _className = value;
    }

    /// <summary>
    /// The layer that this one is the inside of, where the source knows both as one: Keras' Conv2D with an activation is a
    /// convolution "x/preactivation" that is part of "x", the activation. The summary then has one row, named "x". Else null.
    /// </summary>
    public string? PartOf { get; init; }

    /// <summary>True when its weights are seeded initial values and no training's result.</summary>
    public bool Untrained { get; init; }

    /// <summary>Names of the layers whose outputs this one takes, in the op's order.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Weights in the source's order (Keras' get_weights order where the source is Keras).</summary>
    public IReadOnlyList<LayerWeight> Weights { get; init; } = [];

    /// <summary>The source's own node names that this layer stands for; a request may use any of them.</summary>
    public IReadOnlyList<string> SourceNames { get; init; } = [];

    public LayerWeight? Weight(string role) => Weights.FirstOrDefault(w => w.Role == role);
}

/// <summary>Axis order of a weight tensor as stored in its source.</summary>
public enum WeightLayout
{
    /// <summary>As it stands: vectors, dense kernels (in, out), constants.</summary>
    Plain,

    /// <summary>Convolution kernel (kh, kw, in/groups, out): Keras and TensorFlow.</summary>
    Hwio,

    /// <summary>Convolution kernel (out, in/groups, kh, kw): ONNX and PyTorch. The canonical order.</summary>
    Oihw,

    /// <summary>Depthwise kernel (kh, kw, in, multiplier): Keras and TensorFlow.</summary>
    Hwim,

    /// <summary>Dense kernel (out, in): ONNX Gemm with transB, PyTorch.</summary>
    OutIn,

    /// <summary>Transposed convolution's kernel (in, out/groups, kh, kw): ONNX and PyTorch. Its canonical order.</summary>
    Iohw,

    /// <summary>Transposed convolution's kernel (kh, kw, out/groups, in): Keras and TensorFlow.</summary>
    Hwoi,
}

/// <summary>A layer's weight: its role in the op, where it lies in the <see cref="IWeightStore"/>, and its shape there.</summary>
/// <param name="Role">"kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance", "alpha" or "constant"; "count" for a
/// Keras Normalization's number of samples, which no result depends on.</param>
/// <param name="Key">The tensor's name in the weight store.</param>
/// <param name="Shape">Extents in the source's axis order; empty for a scalar.</param>
/// <param name="Layout">The source's axis order.</param>
public sealed record LayerWeight(string Role, string Key, IReadOnlyList<int> Shape, WeightLayout Layout)
{
    public long ElementCount => Shape.Aggregate(1L, (product, extent) => checked(product * extent));

    /// <summary>False for normalizations' statistics, which Keras counts as non-trainable.</summary>
    public bool Trainable => Role is not ("moving_mean" or "moving_variance" or "count");
}
