namespace CnnViz.Models.Keras;

/// <summary>What each class becomes, and the conventions that all share.</summary>
internal sealed partial class KerasTranslator
{
    private static readonly KerasVariable[] _none = [];

    /// <returns>The layer's variables in get_weights() order.</returns>
    private IReadOnlyList<KerasVariable> Translate(KerasLayerConfig layer, string name, string[] inputs)
    {
        var attributes = new KerasAttributes(layer.Config);
        var before = _builder.Layers.Count;
        switch (layer.ClassName)
        {
            case "Conv2D" or "Convolution2D": Convolution(name, attributes, One(inputs)); break;
            case "DepthwiseConv2D": Depthwise(name, attributes, One(inputs)); return Named(before, "depthwise_kernel", "bias");
            case "SeparableConv2D" or "SeparableConvolution2D":
                Separable(name, attributes, One(inputs));
                return Named(before, "depthwise_kernel", "pointwise_kernel", "bias");
            case "Conv2DTranspose" or "Convolution2DTranspose": Transposed(name, attributes, One(inputs)); break;
            case "Dense": Dense(name, attributes, One(inputs)); break;
            case "BatchNormalization" or "SyncBatchNormalization": BatchNormalization(name, attributes, One(inputs)); break;
            case "Normalization": return Normalization(name, attributes, One(inputs));
            case "Activation": Activation(name, attributes, One(inputs)); break;
            case "ReLU" or "LeakyReLU" or "ELU" or "ThresholdedReLU" or "Softmax":
                ActivationLayer(name, layer.ClassName, attributes, One(inputs));
                break;
            case "PReLU": return PRelu(name, attributes, One(inputs));
            case "MaxPooling2D" or "MaxPool2D": Pooling(name, PoolKind.Max, attributes, One(inputs)); break;
            case "AveragePooling2D" or "AvgPool2D": Pooling(name, PoolKind.Average, attributes, One(inputs)); break;
            case "GlobalMaxPooling2D" or "GlobalMaxPool2D": GlobalPooling(name, PoolKind.Max, attributes, One(inputs)); break;
            case "GlobalAveragePooling2D" or "GlobalAvgPool2D":
                GlobalPooling(name, PoolKind.Average, attributes, One(inputs));
                break;
            case "ZeroPadding2D": ZeroPadding(name, attributes, One(inputs)); break;
            case "Cropping2D": Cropping(name, attributes, One(inputs)); break;
            case "UpSampling2D": UpSampling(name, attributes, One(inputs)); break;
            case "Add": Merge(name, layer.ClassName, BinaryKind.Add, inputs); break;
            case "Subtract": Merge(name, layer.ClassName, BinaryKind.Subtract, inputs); break;
            case "Multiply": Merge(name, layer.ClassName, BinaryKind.Multiply, inputs); break;
            case "Average": Average(name, inputs); break;
            case "Maximum": Merge(name, layer.ClassName, BinaryKind.Maximum, inputs); break;
            case "Minimum": Merge(name, layer.ClassName, BinaryKind.Minimum, inputs); break;
            case "Concatenate": Concatenate(name, attributes, inputs); break;
            case "Flatten": Flatten(name, attributes, One(inputs)); break;
            case "Reshape": Reshape(name, attributes, One(inputs)); break;
            case "Permute": Permute(name, attributes, One(inputs)); break;
            case "Rescaling": Rescaling(name, attributes, One(inputs)); break;
            case "Dropout" or "SpatialDropout2D" or "AlphaDropout" or "GaussianDropout" or "GaussianNoise"
                or "ActivityRegularization" or "RandomFlip" or "RandomRotation" or "RandomZoom" or "RandomTranslation"
                or "RandomContrast" or "RandomBrightness":
                // Each of these passes its input on outside of training.
                _builder.Add(name, new ActivationOp(ActivationKind.Linear), One(inputs), [], layer.ClassName);
                break;
            default: throw new UnsupportedNodeException("this class of layer is not known here");
        }

        return Named(before);
    }

    /// <summary>The variables of the layers added since, named by their roles unless told otherwise.</summary>
    private IReadOnlyList<KerasVariable> Named(int before, params string[] names)
    {
        var weights = _builder.Layers.Skip(before).SelectMany(layer => layer.Weights).Where(weight => weight.Role != "constant");
        return
        [
            .. weights.Select((weight, i) =>
                new KerasVariable(names.ElementAtOrDefault(i) ?? weight.Role, weight.Shape, weight.Key)),
        ];
    }

    private static string One(string[] inputs) => inputs is [var only]
        ? only
        : throw new ModelFormatException($"it takes one tensor, not {inputs.Length}");

    /// <summary>Whether a tensor's axes here are in another order than in the file.</summary>
    private bool IsReordered(TensorShape shape) => shape.IsFeatureMap && _builder.ChannelsLast;

    /// <summary>The sample's axis here that is the sample's axis <paramref name="axis"/> (from 0) in the file.</summary>
    private int AxisHere(int axis, TensorShape shape) => IsReordered(shape) ? (axis + 1) % 3 : axis;

    /// <summary>An axis as Keras counts it, batch first or from the end, as the sample's axis here.</summary>
    private int Axis(int axis, TensorShape shape)
    {
        var counted = axis < 0 ? axis + shape.Rank + 1 : axis;
        return counted >= 1 && counted <= shape.Rank
            ? AxisHere(counted - 1, shape)
            : throw new UnsupportedNodeException($"its axis {axis} is the batch or does not exist at rank {shape.Rank + 1}");
    }

    private int LastAxis(TensorShape shape) => Axis(-1, shape);

    /// <exception cref="UnsupportedNodeException">The layer's axis order is not the model's.</exception>
    private void RequireDataFormat(KerasAttributes attributes)
    {
        var expected = _builder.ChannelsLast ? "channels_last" : "channels_first";
        if (attributes.Text("data_format") is { } format && format != expected)
        {
            throw new UnsupportedNodeException($"its data_format is not the model's, which is {expected}");
        }
    }

    private TensorShape Map(KerasAttributes attributes, string input)
    {
        RequireDataFormat(attributes);
        return _builder.MapBefore(input);
    }

    /// <summary>The activation inside a layer whose output has the rank of a given shape.</summary>
    private LayerOp? Inner(KerasAttributes attributes, TensorShape shape) =>
        KerasActivations.Read(attributes, LastAxis(shape), _keras3);

    /// <summary>Adds ops one after another as one layer: the last bears its name, the others are its parts.</summary>
    private void Chain(string name, string kind, string input, params IReadOnlyList<(LayerOp Op, LayerWeight[] Weights)> steps)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            var last = i == steps.Count - 1;
            input = _builder.Append(
                new Layer
                {
                    Name = last ? name : $"{name}/step_{i}",
                    Op = steps[i].Op,
                    Inputs = [input],
                    Weights = steps[i].Weights,
                    PartOf = last ? null : name,
                },
                kind);
        }
    }

    /// <summary>A weight whose values the configuration gives.</summary>
    private LayerWeight Constant(string name, string role, int[] shape, params float[] values)
    {
        var weight = new LayerWeight(role, $"{name}/{role}", shape, WeightLayout.Plain);
        _constants[weight.Key] = (shape, values);
        return weight;
    }
}
