using System.Text.Json;

namespace CnnViz.Models.Keras;

/// <summary>Layers that work cell by cell.</summary>
internal sealed partial class KerasTranslator
{
    /// <summary>tf.keras' least standard deviation of its Normalization, squared.</summary>
    private const float LeastVariance = 1e-14f;

    private void Activation(string name, KerasAttributes attributes, string input) => _builder.Activation(
        name, Inner(attributes, _builder.ShapeOf(input)) ?? new ActivationOp(ActivationKind.Linear), input);

    private void ActivationLayer(string name, string kind, KerasAttributes attributes, string input)
    {
        var shape = _builder.ShapeOf(input);
        var axis = kind == "Softmax" ? SoftmaxAxis(attributes, shape) : 0;
        var ops = KerasActivations.FromLayer(kind, attributes, axis);
        Chain(name, kind, input, [.. ops.Select(op => (op, Array.Empty<LayerWeight>()))]);
    }

    private int SoftmaxAxis(KerasAttributes attributes, TensorShape shape) => attributes.Get("axis") switch
    {
        { ValueKind: JsonValueKind.Array } => attributes.Ints("axis") is [var only]
            ? Axis(only, shape)
            : throw new UnsupportedNodeException("it has several axes"),
        _ => Axis(attributes.Int("axis", -1), shape),
    };

    private IReadOnlyList<KerasVariable> PRelu(string name, KerasAttributes attributes, string input)
    {
        var shape = _builder.ShapeOf(input);
        int[] named = attributes.Get("shared_axes") is null ? [] : attributes.Ints("shared_axes");
        int[] shared = [.. named.Select(axis => Axis(axis, shape))];
        int[] here = [.. shape.Dims.Select((extent, axis) => shared.Contains(axis) ? 1 : extent)];
        if (here.Skip(1).Any(extent => extent > 1))
        {
            _builder.FixSize();
        }

        var weight = new LayerWeight("alpha", $"{name}/alpha", here, WeightLayout.Plain);
        _builder.Add(name, new PReluOp(), input, [weight]);
        return IsReordered(shape)
            ? [new KerasVariable("alpha", [here[1], here[2], here[0]], weight.Key, KerasTransform.ChannelsFirst)]
            : [new KerasVariable("alpha", here, weight.Key)];
    }

    private void Merge(string name, string kind, BinaryKind op, string[] inputs)
    {
        if (op == BinaryKind.Subtract ? inputs.Length != 2 : inputs.Length < 2)
        {
            var wanted = op == BinaryKind.Subtract ? "two tensors" : "two or more tensors";
            throw new ModelFormatException($"it takes {wanted}, not {inputs.Length}");
        }

        Join(name, kind, op, inputs, last: name);
    }

    private void Average(string name, string[] inputs)
    {
        if (inputs.Length < 2)
        {
            throw new ModelFormatException($"it takes two or more tensors, not {inputs.Length}");
        }

        var sum = Join(name, "Average", BinaryKind.Add, inputs, last: $"{name}/sum");
        var count = Constant(name, "constant", [1], inputs.Length);
        _builder.Add(name, new BinaryOp(BinaryKind.Divide), sum, [count], "Average");
    }

    /// <summary>Two at a time, from the first on; all but the layer's own are parts of it.</summary>
    private string Join(string name, string kind, BinaryKind op, string[] inputs, string last)
    {
        // Keras aligns tensors of different ranks at their first axes, unlike any op here.
        if (inputs.Select(input => _builder.ShapeOf(input).Rank).Distinct().Count() > 1)
        {
            throw new UnsupportedNodeException("its tensors have different ranks");
        }

        var joined = inputs[0];
        for (var i = 1; i < inputs.Length; i++)
        {
            var own = i == inputs.Length - 1 ? last : $"{name}/step_{i}";
            var part = own == name ? null : name;
            joined = _builder.Append(
                new Layer { Name = own, Op = new BinaryOp(op), Inputs = [joined, inputs[i]], PartOf = part }, kind);
        }

        return joined;
    }

    /// <summary>x scale + offset, each a number or one number per channel.</summary>
    private void Rescaling(string name, KerasAttributes attributes, string input)
    {
        var shape = _builder.ShapeOf(input);
        var (scale, offset) = (attributes.Floats("scale", 1), attributes.Floats("offset", 0));
        List<(LayerOp, LayerWeight[])> steps =
            [(new BinaryOp(BinaryKind.Multiply), [Constant($"{name}/scale", "constant", Broadcast(scale, shape), scale)])];
        if (offset.Any(value => value != 0))
        {
            steps.Add((new BinaryOp(BinaryKind.Add), [Constant($"{name}/offset", "constant", Broadcast(offset, shape), offset)]));
        }

        Chain(name, "Rescaling", input, steps);
    }

    /// <summary>The shape in which values along Keras' last axis meet a tensor here.</summary>
    private int[] Broadcast(float[] values, TensorShape shape) => IsReordered(shape) && values.Length > 1
        ? [values.Length, 1, 1]
        : [values.Length];

    /// <summary>
    /// (x - mean) / max(deviation, 1e-7) per channel; mean and variance are weights, or stand in the configuration.
    /// </summary>
    private IReadOnlyList<KerasVariable> Normalization(string name, KerasAttributes attributes, string input)
    {
        var shape = _builder.ShapeOf(input);
        if (attributes.Bool("invert", absent: false))
        {
            throw new UnsupportedNodeException("it inverts");
        }

        // Without an axis one mean and variance serve all values.
        var single = attributes.Get("axis") is null;
        if (!single)
        {
            RequireChannelAxis(attributes, shape);
        }

        var channels = shape.Channels;
        var op = new BatchNormalizationOp(LeastVariance);
        if (attributes.Get("mean") is { } mean && attributes.Get("variance") is { } variance)
        {
            _builder.Add(
                name,
                op,
                input,
                [
                    Constant(name, "moving_mean", [channels], Values(mean, channels, "mean")),
                    Constant(name, "moving_variance", [channels], Values(variance, channels, "variance")),
                ],
                "Normalization");
            return _none;
        }

        LayerWeight[] weights =
        [
            new("moving_mean", $"{name}/mean", [channels], WeightLayout.Plain),
            new("moving_variance", $"{name}/variance", [channels], WeightLayout.Plain),
        ];
        _builder.Add(name, op, input, weights, "Normalization");
        int[] stored = single ? [] : [channels];
        var transform = single ? KerasTransform.Repeat : KerasTransform.None;
        return
        [
            new KerasVariable("mean", stored, weights[0].Key, transform),
            new KerasVariable("variance", stored, weights[1].Key, transform),
            new KerasVariable("count", [], Key: null),
        ];
    }

    /// <summary>A number, or a list of one per channel, which may lie in lists of one.</summary>
    private static float[] Values(JsonElement value, int channels, string what)
    {
        while (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1 && value[0].ValueKind == JsonValueKind.Array)
        {
            value = value[0];
        }

        float[] values = value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(entry => (float)TfJs.JsonNumbers.Double(entry, $"its {what}"))]
            : [(float)TfJs.JsonNumbers.Double(value, $"its {what}")];
        return values.Length == channels ? values
            : values.Length == 1 ? [.. Enumerable.Repeat(values[0], channels)]
            : throw new ModelFormatException($"its {what} has {values.Length} values for {channels} channels");
    }
}
