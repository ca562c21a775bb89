using CnnViz.Models;
using static TorchSharp.torch;

namespace CnnViz.Engine.Torch;

/// <summary>Builds the function of each op: one short method per op.</summary>
internal static partial class LayerFunctions
{
    /// <exception cref="CompileException">The op cannot run here.</exception>
    public static LayerFunction Build(LayerContext context) => context.Layer.Op switch
    {
        InputOp => x => x[0].alias(),
        Conv2DOp op => Conv2D(op, context),
        ConvTranspose2DOp op => ConvTranspose2D(op, context),
        DenseOp => Dense(context),
        BatchNormalizationOp op => BatchNormalization(op, context),
        ActivationOp op => Activation(op, context),
        PReluOp => PRelu(context),
        ClipOp op => Clip(op),
        DropoutOp => x => x[0].alias(),
        SoftmaxOp op => x => nn.functional.softmax(x[0], LayerContext.Dimension(op.Axis)),
        Pool2DOp { Kind: PoolKind.Max } op => MaxPool(op, context),
        Pool2DOp op => AveragePool(op, context),
        GlobalPool2DOp op => GlobalPool(op),
        ReduceMeanOp op => ReduceMean(op),
        Pad2DOp op => Pad2D(op),
        BinaryOp op => Binary(op, context),
        ConcatenateOp op => x => cat(x, LayerContext.Dimension(op.Axis)),
        SliceOp op => Slice(op, context),
        ResizeOp op => Resize(op, context),
        ReshapeOp => Reshape(context),
        TransposeOp op => Transpose(op),
        FlattenOp op => Flatten(op, context),
        UnsupportedOp op => throw new CompileException($"layer '{context.Layer.Name}' needs op {op.OpType}, which is not supported: {op.Reason}"),
        var op => throw Missing(context, $"op {op.ClassName}"),
    };

    private static CompileException Missing(LayerContext context, string what)
        => new($"layer '{context.Layer.Name}' needs {what}, which the torch engine does not have");

    private static LayerFunction Dense(LayerContext context)
    {
        var matrix = context.Weights.Matrix(context.Layer);
        var bias = context.Weights.Vector(context.Layer, "bias");
        return x => nn.functional.linear(x[0], matrix, bias);
    }

    private static LayerFunction BatchNormalization(BatchNormalizationOp op, LayerContext context)
    {
        var weights = context.Weights;
        var mean = weights.Vector(context.Layer, "moving_mean");
        var variance = weights.Vector(context.Layer, "moving_variance");
        var gamma = weights.Vector(context.Layer, "gamma");
        var beta = weights.Vector(context.Layer, "beta");
        return x => nn.functional.batch_norm(x[0], mean, variance, gamma, beta, training: false, eps: op.Epsilon);
    }

    private static LayerFunction ReduceMean(ReduceMeanOp op)
    {
        long[] dimensions = [.. op.Axes.Select(LayerContext.Dimension)];
        return x => x[0].mean(dimensions, op.KeepDims);
    }

    private static LayerFunction Slice(SliceOp op, LayerContext context)
    {
        var dimension = LayerContext.Dimension(op.Axis);
        if (op.Step == 1)
        {
            return x => x[0].narrow(dimension, op.Start, op.Length);
        }

        long[] indices = [.. Enumerable.Range(0, op.Length).Select(i => op.Start + ((long)i * op.Step))];
        var places = context.Own(tensor(indices).to(context.Device));
        return x => x[0].index_select(dimension, places);
    }

    private static LayerFunction Reshape(LayerContext context)
    {
        long[] dims = [.. context.Output.Dims.Select(extent => (long)extent)];
        return x => x[0].reshape([x[0].shape[0], .. dims]);
    }

    private static LayerFunction Transpose(TransposeOp op)
    {
        long[] permutation = [0, .. op.Permutation.Select(axis => axis + 1L)];
        return x => x[0].permute(permutation);
    }

    private static LayerFunction Flatten(FlattenOp op, LayerContext context)
        => op.ChannelsLast && context.Input.IsFeatureMap
            ? x => x[0].permute(0, 2, 3, 1).reshape(x[0].shape[0], -1)
            : x => x[0].reshape(x[0].shape[0], -1);
}
