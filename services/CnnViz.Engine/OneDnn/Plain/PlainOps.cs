using CnnViz.Engine.OneDnn.Plan;
using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plain;

/// <summary>Makes the plain op of a layer.</summary>
internal static class PlainOps
{
    /// <exception cref="CompileException">The layer cannot run here.</exception>
    public static PlainOp Create(Layer layer, TensorShape[] inputs, TensorShape output, LayerWeights weights) => layer.Op switch
    {
        ActivationOp op => ScalarFunctions.Of(op) is { } function
            ? new ElementwiseOp(function)
            : throw Missing(layer, $"the activation {op.Kind}"),
        ClipOp op => new ElementwiseOp(new ScalarFunction(
            x => Math.Min(Math.Max(x, op.Minimum), op.Maximum), x => x >= op.Minimum && x <= op.Maximum ? 1 : 0)),
        PReluOp => new PReluPlainOp(Broadcast.From(layer.Weight("alpha")!.Shape, output), weights.Plain(layer, "alpha")!),
        SoftmaxOp op => new SoftmaxPlainOp(AxisView.Of(output, op.Axis)),
        Pool2DOp op => new MaxPoolPlainOp(op, inputs[0], output),
        GlobalPool2DOp { Kind: PoolKind.Max } => new GlobalMaxPlainOp(inputs[0].Channels),
        ReduceMeanOp op => new MeanPlainOp(Gathers.MeanGroups(inputs[0], op.Axes), output.ElementCount),
        Pad2DOp op => Gathers.Pad(op, inputs[0], output),
        SliceOp op => Gathers.Slice(op, inputs[0], output),
        TransposeOp op => Gathers.Transpose(op, inputs[0]),
        FlattenOp { ChannelsLast: true } when inputs[0].IsFeatureMap => Gathers.Transpose(new TransposeOp(1, 2, 0), inputs[0]),
        FlattenOp or ReshapeOp => new CopyPlainOp(),
        ConcatenateOp op => new ConcatPlainOp([.. inputs.Select(input => AxisView.Of(input, op.Axis))]),
        BinaryOp op => Binary(op, layer, inputs, output, weights),
        BatchNormalizationOp op => Normalization(weights.Normalization(layer, op.Epsilon), output),
        DenseOp => new DensePlainOp(weights.Dense(layer)),
        UnsupportedOp op => throw new CompileException($"layer '{layer.Name}' needs op {op.OpType}, which is not supported: {op.Reason}"),
        var op => throw Missing(layer, $"op {op.ClassName}"),
    };

    private static BinaryPlainOp Binary(BinaryOp op, Layer layer, TensorShape[] inputs, TensorShape output, LayerWeights weights)
    {
        if (layer.Weight("constant") is not { } constant)
        {
            return new BinaryPlainOp(op.Kind, Broadcast.From(inputs[0].Dims, output), Broadcast.From(inputs[1].Dims, output), null, null);
        }

        var values = weights.Plain(layer, "constant")!;
        var (own, other) = (Broadcast.From(constant.Shape, output), Broadcast.From(inputs[0].Dims, output));
        return op.ConstantFirst
            ? new BinaryPlainOp(op.Kind, own, other, values, null)
            : new BinaryPlainOp(op.Kind, other, own, null, values);
    }

    private static AffinePlainOp Normalization((float[] Scale, float[] Shift) affine, TensorShape output)
        => new(affine.Scale, affine.Shift, checked((int)(output.ElementCount / output.Channels)));

    private static CompileException Missing(Layer layer, string what)
        => new($"layer '{layer.Name}' needs {what}, which the onednn engine does not have");
}
