using CnnViz.Engine.OneDnn.Native;
using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>The way back: the vector-Jacobian product of each kind of node, in reverse order.</summary>
internal sealed partial class PlanEmitter
{
    private readonly Dictionary<PlanValue, GradientSlot> _slots = [];
    private readonly Dictionary<PlanValue, PlanBuffer> _cotangents = [];
    private PlanBuffer? _pictureGradient;

    private void Backward(PlanValue picture)
    {
        _pictureGradient = PlanarBuffer(picture);
        foreach (var target in _graph.Targets.Values.Distinct())
        {
            var cotangent = PlanarBuffer(target);
            _cotangents.Add(target, cotangent);
            if (target.Blocked)
            {
                Contribute(target, (to, accumulate) =>
                    Op(ShimOpKind.ToBlocked, target, cotangent, null, to, new OpDetails { Accumulate = accumulate }));
            }
            else
            {
                AddPlanar(target, cotangent);
            }
        }

        foreach (var node in Enumerable.Reverse(_graph.Nodes))
        {
            if (node is not InputNode && Slot(node.Output).Buffer is { } gradient)
            {
                Backward(node, gradient);
            }
        }

        if (Slot(picture).Buffer is null)
        {
            var nothing = _pictureGradient;
            Plain(lane => Tensor(lane, nothing).Values.Clear(), nothing);
        }
    }

    private void Backward(PlanNode node, PlanBuffer g)
    {
        switch (node)
        {
            case ConvNode conv:
                Backward(conv, g);
                break;
            case TransposedConvNode conv:
                Backward(conv, g);
                break;
            case AffineNode affine:
                Backward(affine, g);
                break;
            case FunctionNode function:
                Backward(function, g);
                break;
            case PoolNode pool:
                Backward(pool, g);
                break;
            case GlobalAverageNode mean:
                Contribute(mean.Inputs[0], (to, accumulate) => Op(
                    ShimOpKind.GlobalAverageBackward, mean.Inputs[0], g, null, to, new OpDetails { Accumulate = accumulate }));
                break;
            case ResizeNode resize:
                Contribute(resize.Inputs[0], (to, accumulate) => Op(
                    ShimOpKind.Resize, resize.Output, g, null, to, Taps(resize, transposed: true) with { Accumulate = accumulate }));
                break;
            case ConcatNode concat:
                Backward(concat, g);
                break;
            case ChannelSliceNode slice:
                Place(slice.Inputs[0], g, slice.Output, MapPart.Of(slice.Inputs[0], slice.Start));
                break;
            case CropNode crop:
                Place(crop.Inputs[0], g, crop.Output, Within(crop));
                break;
            case PadNode pad:
                Backward(pad, g);
                break;
            case BinaryNode binary:
                Backward(binary, g);
                break;
            case ScaleChannelsNode scale:
                Backward(scale, g);
                break;
            case LayoutNode layout:
                Backward(layout, g);
                break;
            case PlainNode plain:
                Backward(plain, g);
                break;
            default:
                throw new InvalidOperationException($"{node.GetType().Name} has no way back");
        }
    }

    private void Backward(TransposedConvNode node, PlanBuffer g)
    {
        var input = node.Inputs[0];
        var window = node.Window with { Padding = NonNegative(node.Window.PaddingOf(input.Region, node.Output.Region)) };
        ContributeSum(input, (to, posts) => Conv(new ConvCall
        {
            Source = g,
            SourceShape = MapPart.Of(node.Output),
            Destination = to,
            DestinationShape = MapPart.Of(input),
            Window = window,
            Key = node.Kernel.ForwardKey,
            WeightCount = node.Kernel.Count,
            Write = node.Kernel.WriteForward,
            Posts = posts,
        }));
    }

    private void Backward(AffineNode node, PlanBuffer g)
    {
        var input = node.Inputs[0];
        var mask = _masks.GetValueOrDefault(node.Output);
        if (Absorbs(node.Output) || (node.Scale is null && mask is null))
        {
            // Nothing is left to do to it: the convolutions that made it have masked and scaled it, or it passes as it is.
            Give(input, g);
            return;
        }

        // Where the mask is off, the slope of a leaky ReLU is left, and nothing of a clip.
        var off = new FusedAct(ShimAct.None, node.Act.Kind == ShimAct.Relu ? node.Act.Alpha : 0, 0);
        var details = new OpDetails { Act = off, Table0 = node.Scale };
        if (Slot(input).Buffer is null)
        {
            Op(ShimOpKind.AffineBackward, node.Output, g, mask, g, details);
            Give(input, g);
        }
        else
        {
            Contribute(input, (to, accumulate) =>
                Op(ShimOpKind.AffineBackward, node.Output, g, mask, to, details with { Accumulate = accumulate }));
        }
    }

    private void Backward(FunctionNode node, PlanBuffer g)
    {
        var input = node.Inputs[0];
        var details = new OpDetails { Act = node.Function };
        if (Slot(input).Buffer is null)
        {
            Op(ShimOpKind.FunctionBackward, node.Output, g, _values[input], g, details);
            Give(input, g);
        }
        else
        {
            Contribute(input, (to, accumulate) => Op(
                ShimOpKind.FunctionBackward, node.Output, g, _values[input], to, details with { Accumulate = accumulate }));
        }
    }

    private void Backward(PoolNode node, PlanBuffer g)
    {
        var (kind, winners) = node.Op.Kind == PoolKind.Average
            ? (ShimOpKind.AveragePoolBackward, null)
            : (ShimOpKind.MaxPoolBackward, _winners[node]);
        Contribute(node.Inputs[0], (to, accumulate) =>
            Op(kind, node.Inputs[0], g, winners, to, PoolDetails(node) with { Accumulate = accumulate }));
    }

    private void Backward(ConcatNode node, PlanBuffer g)
    {
        var channel = 0;
        foreach (var input in node.Inputs)
        {
            var from = MapPart.Of(node.Output, channel);
            Contribute(input, (to, accumulate) => Copy(
                g, from, to, MapPart.Of(input), input.Channels, input.Height, input.Width, new OpDetails { Accumulate = accumulate }));
            channel += input.Channels;
        }
    }

    private void Backward(PadNode node, PlanBuffer g)
    {
        var (inner, padded, rows, columns) = Overlap(node);
        Contribute(node.Inputs[0], (to, accumulate) => Copy(
            g, padded, to, inner, node.Output.Channels, rows, columns, new OpDetails { Accumulate = accumulate, Fill = !accumulate }));
    }

    private void Backward(BinaryNode node, PlanBuffer g)
    {
        var (left, right) = (node.Inputs[0], node.Inputs[1]);
        if (node.Kind == ShimOpKind.Multiply)
        {
            var (a, b) = (_values[left], _values[right]);
            var toLeft = Buffer(left, _gradientType);
            Op(ShimOpKind.Multiply, node.Output, g, b, toLeft);
            Give(left, toLeft);
            Op(ShimOpKind.Multiply, node.Output, g, a, g);
            Give(right, g);
            return;
        }

        var sign = node.Kind == ShimOpKind.Subtract ? Enumerable.Repeat(-1f, right.Channels).ToArray() : null;
        Contribute(right, (to, accumulate) => Op(
            ShimOpKind.AffineBackward, right, g, null, to, new OpDetails { Table0 = sign, Accumulate = accumulate }));
        Give(left, g);
    }

    private void Backward(ScaleChannelsNode node, PlanBuffer g)
    {
        var (map, factors) = (node.Inputs[0], node.Inputs[1]);
        Contribute(factors, (to, accumulate) => Op(
            ShimOpKind.SumCells, map, g, _values[map], to, new OpDetails { Accumulate = accumulate }));
        Op(ShimOpKind.ScaleChannels, map, g, _values[factors], g);
        Give(map, g);
    }

    private void Backward(LayoutNode node, PlanBuffer g)
    {
        var kind = node.Output.Blocked ? ShimOpKind.ToPlanar : ShimOpKind.ToBlocked;
        Contribute(node.Inputs[0], (to, accumulate) =>
            Op(kind, node.Output, g, null, to, new OpDetails { Accumulate = accumulate }));
    }

    private void Backward(PlainNode node, PlanBuffer g)
    {
        var gradient = node.Output.Blocked ? AsFloat(node.Output, g) : g;
        PlanBuffer[] made = [.. node.Inputs.Select(input => Buffer(input, ShimType.Float32))];
        PlanBuffer[] inputs = [.. node.Inputs.Select(input => _values[input])];
        var output = _values[node.Output];
        var op = node.Op;

        // Buffers that the op does not read may hold anything by now.
        PlanBuffer[] read = [.. op.ReadsInputs ? inputs : [], .. op.ReadsOutput ? [output] : Array.Empty<PlanBuffer>()];
        Plain(
            lane => op.Backward(
                Array.ConvertAll(inputs, input => Tensor(lane, input)),
                Tensor(lane, output),
                Tensor(lane, gradient),
                Array.ConvertAll(made, input => Tensor(lane, input))),
            [gradient, .. made, .. read]);
        for (var i = 0; i < made.Length; i++)
        {
            if (node.Inputs[i].Blocked)
            {
                Give(node.Inputs[i], AsGradient(node.Inputs[i], made[i]));
            }
            else
            {
                AddPlanar(node.Inputs[i], made[i]);
            }
        }
    }

    /// <summary>Adds, or copies, a part's gradient to its place in the whole's.</summary>
    private void Place(PlanValue whole, PlanBuffer g, PlanValue part, MapPart at) => Contribute(whole, (to, accumulate) => Copy(
        g, MapPart.Of(part), to, at, part.Channels, part.Height, part.Width, new OpDetails { Accumulate = accumulate, Fill = !accumulate }));

    private PlanBuffer AsFloat(PlanValue value, PlanBuffer g) => Converted(value, g, ShimType.Float32);

    private PlanBuffer AsGradient(PlanValue value, PlanBuffer g) => Converted(value, g, _gradientType);

    private PlanBuffer Converted(PlanValue value, PlanBuffer g, ShimType type)
    {
        if (g.Type == type)
        {
            return g;
        }

        var converted = Buffer(value, type);
        Op(ShimOpKind.AffineBackward, value, g, null, converted);
        return converted;
    }
}
