using CnnViz.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CnnViz.Engine.Torch;

/// <summary>Ops that work cell by cell.</summary>
internal static partial class LayerFunctions
{
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
            ActivationKind.HardSigmoid => HardSigmoid(op),
            ActivationKind.HardSwish => x => nn.functional.hardswish(x[0]),
            ActivationKind.Silu => x => nn.functional.silu(x[0]),
            ActivationKind.Selu => x => nn.functional.elu(x[0], op.Alpha) * op.Beta,
            ActivationKind.Celu => x => nn.functional.celu(x[0], op.Alpha),
            ActivationKind.Gelu => x => nn.functional.gelu(x[0]),
            ActivationKind.GeluTanh => x => GeluTanh(x[0]),
            ActivationKind.Softplus => x => nn.functional.softplus(x[0]),
            ActivationKind.Softsign => x => x[0] / (x[0].abs() + 1),
            ActivationKind.Mish => x => x[0] * nn.functional.softplus(x[0]).tanh(),
            ActivationKind.ThresholdedRelu => x => nn.functional.threshold(x[0], op.Alpha, 0),
            ActivationKind.Exp => x => x[0].exp(),
            ActivationKind.Log => x => x[0].log(),
            ActivationKind.Sqrt => x => x[0].sqrt(),
            ActivationKind.Abs => x => x[0].abs(),
            ActivationKind.Negative => x => x[0].neg(),
            ActivationKind.Erf => x => x[0].erf(),
            _ => throw Missing(context, $"the activation {op.Kind}"),
        };
    }

    private static LayerFunction HardSigmoid(ActivationOp op) => op is { Alpha: 1f / 6, Beta: 0.5f }
        ? x => nn.functional.hardsigmoid(x[0])
        : x => ((x[0] * op.Alpha) + op.Beta).clamp(0, 1);

    private static Tensor GeluTanh(Tensor x)
    {
        var argument = (x + (x * x * x * 0.044715)) * Math.Sqrt(2 / Math.PI);
        return x * (argument.tanh() + 1) * 0.5;
    }

    private static LayerFunction PRelu(LayerContext context)
    {
        var alpha = context.Weights.Plain(context.Layer, "alpha")!;
        long[] shape = [.. context.Layer.Weight("alpha")!.Shape.Select(extent => (long)extent)];
        var perChannel = context.Input.Rank == shape.Length && shape.Skip(1).All(extent => extent == 1);
        if (perChannel || alpha.numel() == 1)
        {
            // libtorch has slopes per channel and a single one.
            var slopes = context.Own(alpha.reshape(-1));
            return x => nn.functional.prelu(x[0], slopes);
        }

        return x => nn.functional.relu(x[0]) - (alpha * nn.functional.relu(x[0].neg()));
    }

    private static LayerFunction Clip(ClipOp op)
    {
        Scalar? least = float.IsNegativeInfinity(op.Minimum) ? null : op.Minimum;
        Scalar? most = float.IsPositiveInfinity(op.Maximum) ? null : op.Maximum;
        return least is null && most is null ? x => x[0].alias() : x => x[0].clamp(least, most);
    }

    private static LayerFunction Binary(BinaryOp op, LayerContext context)
    {
        Func<Tensor, Tensor, Tensor> apply = op.Kind switch
        {
            BinaryKind.Add => (a, b) => a + b,
            BinaryKind.Subtract => (a, b) => a - b,
            BinaryKind.Multiply => (a, b) => a * b,
            BinaryKind.Divide => (a, b) => a / b,
            BinaryKind.Power => (a, b) => a.pow(b),
            BinaryKind.Maximum => (a, b) => a.maximum(b),
            BinaryKind.Minimum => (a, b) => a.minimum(b),
            _ => throw Missing(context, $"{op.Kind}"),
        };
        var rank = context.Output.Rank;
        if (context.Weights.Plain(context.Layer, "constant") is not { } constant)
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
}
