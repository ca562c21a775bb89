using CnnViz.Engine.OneDnn.Native;
using CnnViz.Engine.OneDnn.Plain;
using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>Lowering of each kind of layer.</summary>
internal sealed partial class GraphLowering
{
    private PlanValue Convolution(Layer layer, Conv2DOp op, PlanValue input, TensorShape shape)
    {
        var kernel = _weights.Convolution(layer, op.Groups);
        var window = new ConvWindow(
            new Size2D(kernel.Shape.Height, kernel.Shape.Width), op.Stride, op.Dilation, Sum(op.Padding, FoldedPad(layer)?.Padding ?? default), op.Groups);

        // The picture is taken as it is, row-major, where nothing else takes it.
        var source = input.Producer is InputNode && op.Groups == 1 && IsOnlyStep(layer.Inputs[0]) ? input : Blocked(input);
        return Add(new ConvNode(layer.Name, new PlanValue(shape, blocked: true), source, window, kernel));
    }

    private PlanValue Transposed(Layer layer, ConvTranspose2DOp op, PlanValue input, TensorShape shape)
    {
        var kernel = _weights.Transposed(layer, op.Groups);
        var window = new ConvWindow(
            new Size2D(kernel.Shape.Height, kernel.Shape.Width), op.Stride, op.Dilation, op.Padding, op.Groups);
        var bias = kernel.Bias;
        var made = Add(new TransposedConvNode(
            layer.Name, new PlanValue(shape, blocked: true), Blocked(input), window, kernel with { Bias = null }));
        return bias is null
            ? made
            : Add(new AffineNode(layer.Name, new PlanValue(shape, blocked: true), made, null, bias));
    }

    private PlanValue Dense(Layer layer, PlanValue input, TensorShape shape) => Add(new ConvNode(
        layer.Name,
        new PlanValue(shape, blocked: true),
        Blocked(input),
        new ConvWindow(Size2D.One, Size2D.One, Size2D.One, Padding2D.None, 1),
        _weights.Dense(layer)));

    private PlanValue Normalization(Layer layer, BatchNormalizationOp op, PlanValue input, TensorShape shape)
    {
        var (scale, shift) = _weights.Normalization(layer, op.Epsilon);
        if (IsOnlyStep(layer.Inputs[0]) && input.Producer is ConvNode { HasResidual: false, Act.IsNone: true } conv)
        {
            conv.Kernel = conv.Kernel.Then(scale, shift);
            return input;
        }

        return Add(new AffineNode(layer.Name, new PlanValue(shape, blocked: true), Blocked(input), scale, shift));
    }

    private PlanValue Activation(Layer layer, ActivationOp op, PlanValue input, TensorShape shape)
    {
        if (_reluRelief && op.Kind is ActivationKind.Relu or ActivationKind.Relu6)
        {
            return Elementwise(layer, new RelievedReluOp(op.Kind == ActivationKind.Relu6 ? 6 : float.PositiveInfinity), input, shape);
        }

        return op.Kind switch
        {
            ActivationKind.Relu => Act(layer, new FusedAct(ShimAct.Relu, 0, 0), input, shape),
            ActivationKind.LeakyRelu when op.Alpha > 0 => Act(layer, new FusedAct(ShimAct.Relu, op.Alpha, 0), input, shape),
            ActivationKind.LeakyRelu when op.Alpha == 0 => Act(layer, new FusedAct(ShimAct.Relu, 0, 0), input, shape),
            ActivationKind.Relu6 => Act(layer, new FusedAct(ShimAct.Clip, 0, 6), input, shape),

            ActivationKind.Negative => Negated(layer, input, shape),

            // What is infinite or not a number at 0, or has such a slope, would spoil the padding of channel blocks.
            ActivationKind.Log or ActivationKind.Sqrt => Plain(layer, [input], shape),
            _ when shape.Rank is 1 or 3 && Function(op) is { } function => Add(new FunctionNode(
                layer.Name, new PlanValue(shape, blocked: true), Blocked(input), function)),
            _ => Elementwise(layer, PlainOps.Create(layer, [input.Shape], shape, _weights), input, shape),
        };
    }

    private PlanValue Negated(Layer layer, PlanValue input, TensorShape shape) => shape.Rank is 1 or 3
        ? Add(new AffineNode(
            layer.Name, new PlanValue(shape, blocked: true), Blocked(input), [.. Enumerable.Repeat(-1f, shape.Channels)], null))
        : Plain(layer, [input], shape);

    /// <summary>The pass that computes an activation; null where none does.</summary>
    private static FusedAct? Function(ActivationOp op)
    {
        ShimAct? kind = op.Kind switch
        {
            ActivationKind.Sigmoid => ShimAct.Sigmoid,
            ActivationKind.Tanh => ShimAct.Tanh,
            ActivationKind.Silu => ShimAct.Silu,
            ActivationKind.HardSigmoid => ShimAct.HardSigmoid,
            ActivationKind.HardSwish => ShimAct.HardSwish,
            ActivationKind.Elu => ShimAct.Elu,
            ActivationKind.Selu => ShimAct.Selu,
            ActivationKind.Celu when op.Alpha != 0 => ShimAct.Celu,
            ActivationKind.Gelu => ShimAct.Gelu,
            ActivationKind.GeluTanh => ShimAct.GeluTanh,
            ActivationKind.Softplus => ShimAct.Softplus,
            ActivationKind.Softsign => ShimAct.Softsign,
            ActivationKind.Mish => ShimAct.Mish,
            ActivationKind.ThresholdedRelu => ShimAct.ThresholdedRelu,
            ActivationKind.Exp => ShimAct.Exp,
            ActivationKind.Abs => ShimAct.Abs,
            ActivationKind.Erf => ShimAct.Erf,
            _ => null,
        };
        return kind is { } known ? new FusedAct(known, op.Alpha, op.Beta) : null;
    }

    private PlanValue Act(Layer layer, FusedAct act, PlanValue input, TensorShape shape)
    {
        if (shape.Rank is not (1 or 3))
        {
            return Plain(layer, [input], shape);
        }

        if (IsOnlyStep(layer.Inputs[0]))
        {
            switch (input.Producer)
            {
                case ConvNode { Act.IsNone: true } conv:
                    conv.Act = act;
                    return input;
                case AffineNode { Act.IsNone: true } affine:
                    affine.Act = act;
                    return input;
                default:
                    break;
            }
        }

        return Add(new AffineNode(layer.Name, new PlanValue(shape, blocked: true), Blocked(input), null, null) { Act = act });
    }

    private PlanValue Pool(Layer layer, Pool2DOp op, PlanValue input, TensorShape shape)
    {
        var folded = FoldedPad(layer);
        if (folded is { Value: not 0 })
        {
            op = op with { Padding = folded.Padding };
        }

        var zeros = folded is { Value: 0 } ? folded.Padding : Padding2D.None;
        return op.Kind == PoolKind.Max && op.Window.Height * op.Window.Width > MaxWindow
            ? Plain(layer, [input], shape)
            : Add(new PoolNode(layer.Name, new PlanValue(shape, blocked: true), Blocked(input), op, zeros));
    }

    private PlanValue Binary(Layer layer, BinaryOp op, PlanValue[] inputs, TensorShape shape)
    {
        if (shape.Rank is not (1 or 3))
        {
            return Plain(layer, inputs, shape);
        }

        if (layer.Weight("constant") is { } constant)
        {
            return PerChannel(op, constant, _weights.Plain(layer, "constant")!, inputs[0].Shape) is var (scale, shift)
                && inputs[0].Shape == shape
                ? Add(new AffineNode(layer.Name, new PlanValue(shape, blocked: true), Blocked(inputs[0]), scale, shift))
                : Plain(layer, inputs, shape);
        }

        if (op.Kind == BinaryKind.Add && inputs[0].Shape == shape && inputs[1].Shape == shape && inputs[0] != inputs[1]
            && Residual(layer, inputs) is { } fused)
        {
            return fused;
        }

        ShimOpKind? kind = op.Kind switch
        {
            BinaryKind.Add => ShimOpKind.Add,
            BinaryKind.Subtract => ShimOpKind.Subtract,
            BinaryKind.Multiply => ShimOpKind.Multiply,
            _ => null,
        };
        if (kind is { } native && inputs[0].Shape == shape && inputs[1].Shape == shape)
        {
            return Add(new BinaryNode(
                layer.Name, new PlanValue(shape, blocked: true), Blocked(inputs[0]), Blocked(inputs[1]), native));
        }

        for (var map = 0; map < 2 && op.Kind == BinaryKind.Multiply && shape.IsFeatureMap; map++)
        {
            if (inputs[map].Shape == shape && inputs[1 - map].Shape == new TensorShape(shape.Channels, 1, 1))
            {
                return Add(new ScaleChannelsNode(
                    layer.Name, new PlanValue(shape, blocked: true), Blocked(inputs[map]), Blocked(inputs[1 - map])));
            }
        }

        return Plain(layer, inputs, shape);
    }

    /// <summary>Makes a sum part of the later of the convolutions whose results it adds, where nobody else sees that result.</summary>
    private PlanValue? Residual(Layer layer, PlanValue[] inputs)
    {
        for (var side = 1; side >= 0; side--)
        {
            if (IsOnlyStep(layer.Inputs[side])
                && inputs[side].Producer is ConvNode { HasResidual: false, Act.IsNone: true } conv
                && conv.Output == inputs[side])
            {
                var residual = Blocked(inputs[1 - side]);

                // It now needs the other's result, so it comes after it.
                _nodes.Remove(conv);
                conv.Take(residual);
                return Add(conv);
            }
        }

        return null;
    }

    private static (float[]? Scale, float[]? Shift)? PerChannel(
        BinaryOp op, LayerWeight constant, float[] values, TensorShape input)
    {
        var perChannel = constant.Shape.Count == input.Rank && constant.Shape[0] == input.Channels
            && constant.Shape.Skip(1).All(extent => extent == 1);
        if (!perChannel && values.Length != 1)
        {
            return null;
        }

        float[] each = values.Length == 1 ? [.. Enumerable.Repeat(values[0], input.Channels)] : values;
        float[] Map(Func<float, float> function) => Array.ConvertAll(each, value => function(value));
        return (op.Kind, op.ConstantFirst) switch
        {
            (BinaryKind.Add, _) => (null, each),
            (BinaryKind.Multiply, _) => (each, null),
            (BinaryKind.Subtract, false) => (null, Map(value => -value)),
            (BinaryKind.Subtract, true) => (Map(_ => -1), each),
            (BinaryKind.Divide, false) when each.All(value => value != 0) => (Map(value => (float)(1.0 / value)), null),
            _ => null,
        };
    }

    /// <summary>Whether a zero padding can be part of the only layer that takes it: a convolution or an unpadded max pool.</summary>
    private bool FoldsIntoNext(Layer layer, Pad2DOp op)
    {
        if (op.Mode != PadMode.Constant || !IsOnlyStep(layer.Name) || op.Padding.IsNone)
        {
            return false;
        }

        var next = Layers.First(other => other.Inputs.Any(source => _graph.Find(source)!.Name == layer.Name));
        return next.Op switch
        {
            Conv2DOp => op.Value == 0,
            Pool2DOp { Kind: PoolKind.Max, CeilMode: false } pool => pool.Padding.IsNone
                && (op.Value == 0 || float.IsNegativeInfinity(op.Value))
                && pool.Window.Height * pool.Window.Width <= MaxWindow
                && Math.Max(op.Padding.Top, op.Padding.Bottom) < pool.Window.Height
                && Math.Max(op.Padding.Left, op.Padding.Right) < pool.Window.Width,
            _ => false,
        };
    }

    /// <summary>The padding before a layer that is part of it.</summary>
    private Pad2DOp? FoldedPad(Layer layer)
        => _graph.Find(layer.Inputs[0]) is { Op: Pad2DOp pad } source && FoldsIntoNext(source, pad) ? pad : null;

    private static Padding2D Sum(Padding2D a, Padding2D b)
        => new(a.Top + b.Top, a.Bottom + b.Bottom, a.Left + b.Left, a.Right + b.Right);

    /// <summary>Most cells of a window whose winner the shim remembers.</summary>
    private const int MaxWindow = 254;
}
