namespace CnnViz.Models;

/// <summary>Layers that join, scale or reshape, and ReLU as a layer of its own.</summary>
public sealed partial class KerasModelBuilder
{
    /// <summary>Keras' Concatenate along the channels.</summary>
    public string Concatenate(string name, params IReadOnlyList<string> inputs) =>
        Append(new Layer { Name = name, Op = new ConcatenateOp(), Inputs = inputs }, className: null);

    /// <summary>Keras' Multiply; extents of 1 broadcast.</summary>
    public string Product(string name, string left, string right) =>
        Append(new Layer { Name = name, Op = new BinaryOp(BinaryKind.Multiply), Inputs = [left, right] }, className: null);

    /// <summary>Keras' ReLU, with its maximum of 6 or none.</summary>
    public string Relu(string name, bool upTo6 = false, string? from = null) =>
        Add(name, new ActivationOp(upTo6 ? ActivationKind.Relu6 : ActivationKind.Relu), from, [], "ReLU");

    /// <summary>
    /// Keras' Reshape of a flat vector to a feature map of one cell, (channels) to (1, 1, channels), or back; these are the same
    /// values whatever the axis order.
    /// </summary>
    public string ReshapeCell(string name, bool toMap, string? from = null)
    {
        var channels = _shapes[from ?? Last].Channels;
        return Add(name, toMap ? new ReshapeOp(channels, 1, 1) : new ReshapeOp(channels), from, []);
    }

    /// <summary>
    /// Keras' Rescaling without offset: x times a factor, or times one factor per channel. Factors are no weights.
    /// </summary>
    public string Rescaling(string name, params IReadOnlyList<float> factors)
    {
        var weight = Weight(name, "constant", InitialValues.Constant(1), WeightLayout.Plain, factors.Count, 1, 1);
        _fixed[weight.Key] = [.. factors];
        return Add(name, new BinaryOp(BinaryKind.Multiply), from: null, [weight], "Rescaling");
    }

    /// <summary>
    /// Keras' Normalization over channels, (x - mean) / sqrt(variance), with its three weights, of which the count of samples
    /// takes no part in the result. None of them is trained by gradient.
    /// </summary>
    public string Normalization(string name, string? from = null)
    {
        var channels = _shapes[from ?? Last].Channels;
        LayerWeight[] weights =
        [
            Weight(name, "mean", InitialValues.Constant(0), WeightLayout.Plain, channels) with { Role = "moving_mean" },
            Weight(name, "variance", InitialValues.Constant(1), WeightLayout.Plain, channels) with { Role = "moving_variance" },
            Weight(name, "count", InitialValues.Constant(0), WeightLayout.Plain),
        ];
        return Add(name, new BatchNormalizationOp(Epsilon: 0), from, weights, "Normalization");
    }
}
