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
        DenseOp => Dense(context),
        BatchNormalizationOp op => BatchNormalization(op, context),
        ActivationOp op => Activation(op, context),
        SoftmaxOp op => x => nn.functional.softmax(x[0], LayerContext.Dimension(op.Axis)),
        Pool2DOp { Kind: PoolKind.Max } op => MaxPool(op),
        Pool2DOp op => AveragePool(op, context),
        GlobalPool2DOp op => GlobalPool(op),
        Pad2DOp op => x => Pad(x[0], op.Padding, op.Value),
        BinaryOp op => Binary(op, context),
        ConcatenateOp op => x => cat(x, LayerContext.Dimension(op.Axis)),
        SliceOp op => x => x[0].narrow(LayerContext.Dimension(op.Axis), op.Start, op.Length),
        ResizeOp op => Resize(op, context),
        ReshapeOp => Reshape(context),
        TransposeOp op => Transpose(op),
        FlattenOp op => Flatten(op, context),
        UnsupportedOp op => throw new CompileException($"layer '{context.Layer.Name}' needs op {op.OpType}, which is not supported: {op.Reason}"),
        var op => throw new CompileException($"layer '{context.Layer.Name}' needs op {op.ClassName}, which the torch engine does not have"),
    };

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

    private static LayerFunction Activation(ActivationOp op, LayerContext context)
    {
        var inPlace = context.InPlace;
        return op.Kind switch
        {
            ActivationKind.Linear => x => x[0].alias(),
            ActivationKind.Relu => x => nn.functional.relu(x[0], inPlace),
            ActivationKind.Relu6 => x => nn.functional.relu6(x[0], inPlace),
            ActivationKind.LeakyRelu => x => nn.functional.leaky_relu(x[0], op.Alpha, inPlace),
            ActivationKind.Elu => x => nn.functional.elu(x[0], op.Alpha),
            ActivationKind.Sigmoid => x => x[0].sigmoid(),
            ActivationKind.Tanh => x => x[0].tanh(),
            ActivationKind.HardSigmoid => x => nn.functional.hardsigmoid(x[0]),
            ActivationKind.HardSwish => x => nn.functional.hardswish(x[0]),
            ActivationKind.Silu => x => nn.functional.silu(x[0]),
            _ => throw new CompileException($"layer '{context.Layer.Name}' needs the activation {op.Kind}, which the torch engine does not have"),
        };
    }

    private static LayerFunction Binary(BinaryOp op, LayerContext context)
    {
        Func<Tensor, Tensor, Tensor> apply = op.Kind switch
        {
            BinaryKind.Add => (a, b) => a + b,
            BinaryKind.Subtract => (a, b) => a - b,
            BinaryKind.Multiply => (a, b) => a * b,
            BinaryKind.Divide => (a, b) => a / b,
            _ => throw new CompileException($"layer '{context.Layer.Name}' needs {op.Kind}, which the torch engine does not have"),
        };
        var rank = context.Output.Rank;
        if (context.Weights.Constant(context.Layer) is not { } constant)
        {
            return x => apply(AlignRank(x[0], rank), AlignRank(x[1], rank));
        }

        return op.ConstantFirst
            ? x => apply(constant, AlignRank(x[0], rank))
            : x => apply(AlignRank(x[0], rank), constant);
    }

    /// <summary>
    /// Samples broadcast from their last axis, so extents of 1 go between the batch axis and a shorter sample's axes. Constants
    /// have no batch axis and need none.
    /// </summary>
    private static Tensor AlignRank(Tensor x, int rank)
    {
        var shape = x.shape;
        return shape.Length == rank + 1
            ? x
            : x.reshape([shape[0], .. Enumerable.Repeat(1L, rank + 1 - shape.Length), .. shape[1..]]);
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
