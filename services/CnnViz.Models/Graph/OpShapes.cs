namespace CnnViz.Models;

/// <summary>The output shape of each op: one small method per op.</summary>
internal static partial class OpShapes
{
    public static TensorShape Infer(Layer layer, IReadOnlyList<TensorShape> inputs)
    {
        RequireInputCount(layer, inputs.Count);
        return layer.Op switch
        {
            Conv2DOp op => Conv2D(op, layer, FeatureMap(inputs[0])),
            ConvTranspose2DOp op => ConvTranspose2D(op, layer, FeatureMap(inputs[0])),
            DenseOp => Dense(layer, inputs[0]),
            BatchNormalizationOp => BatchNormalization(layer, inputs[0]),
            ActivationOp op => Activation(op, inputs[0]),
            PReluOp => PRelu(layer, inputs[0]),
            ClipOp op => Clip(op, inputs[0]),
            DropoutOp => inputs[0],
            SoftmaxOp op => Softmax(op, inputs[0]),
            Pool2DOp op => Pool2D(op, FeatureMap(inputs[0])),
            GlobalPool2DOp op => GlobalPool2D(op, FeatureMap(inputs[0])),
            ReduceMeanOp op => ReduceMean(op, inputs[0]),
            Pad2DOp op => Pad2D(op, FeatureMap(inputs[0])),
            BinaryOp => Binary(layer, inputs),
            ConcatenateOp op => Concatenate(op, inputs),
            SliceOp op => Slice(op, inputs[0]),
            ResizeOp op => Resize(op, FeatureMap(inputs[0])),
            ReshapeOp op => Reshape(op, inputs[0]),
            TransposeOp op => Transpose(op, inputs[0]),
            FlattenOp => new TensorShape(checked((int)inputs[0].ElementCount)),
            _ => throw new ModelFormatException("the op has no shape rule"),
        };
    }

    private static void RequireInputCount(Layer layer, int count)
    {
        var (least, most) = layer.Op switch
        {
            InputOp => (0, 0),
            BinaryOp => layer.Weight("constant") is null ? (2, 2) : (1, 1),
            ConcatenateOp => (1, int.MaxValue),
            _ => (1, 1),
        };
        if (count < least || count > most)
        {
            throw new ModelFormatException(
                $"it takes {least} input{(least == 1 ? "" : "s")}{(most > least ? " or more" : "")}, not {count}");
        }
    }

    private static TensorShape FeatureMap(TensorShape shape) => shape.IsFeatureMap
        ? shape
        : throw new ModelFormatException("it needs a feature map (channels, height, width)");

    private static LayerWeight Required(Layer layer, string role) =>
        layer.Weight(role) ?? throw new ModelFormatException($"its weight '{role}' is missing");

    /// <summary>A per-channel vector: any shape with as many elements as there are channels.</summary>
    private static void RequireVector(Layer layer, string role, int length, bool optional)
    {
        var weight = optional ? layer.Weight(role) : Required(layer, role);
        if (weight is not null && weight.ElementCount != length)
        {
            throw new ModelFormatException($"its {role} has {weight.ElementCount} values for {length} channels");
        }
    }

    private static int Axis(int axis, int rank)
    {
        var normalized = axis < 0 ? axis + rank : axis;
        return normalized >= 0 && normalized < rank
            ? normalized
            : throw new ModelFormatException($"axis {axis} does not exist at rank {rank}");
    }

    private static TensorShape Replace(TensorShape shape, int axis, int extent)
    {
        var dims = shape.Dims.ToArray();
        dims[axis] = extent;
        return new TensorShape(dims);
    }

    private static int Extent(long extent, string what) => extent switch
    {
        < 1 => throw new ModelFormatException($"the output {what} would be {extent}; the input is too small"),
        > int.MaxValue => throw new ModelFormatException($"the output {what} would be {extent}"),
        _ => (int)extent,
    };
}
