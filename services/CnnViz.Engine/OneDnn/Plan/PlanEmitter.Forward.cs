using CnnViz.Engine.OneDnn.Native;
using CnnViz.Engine.OneDnn.Plain;
using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>The way forward: one method per kind of node.</summary>
internal sealed partial class PlanEmitter
{
    private Dictionary<PlanValue, PlanBuffer> Forward()
    {
        foreach (var node in _graph.Nodes)
        {
            switch (node)
            {
                case InputNode input:
                    _values[input.Output] = PlanarBuffer(input.Output);
                    break;
                case ConvNode conv:
                    Forward(conv);
                    break;
                case TransposedConvNode conv:
                    Forward(conv);
                    break;
                case AffineNode affine:
                    Forward(affine);
                    break;
                case FunctionNode function:
                    Forward(function);
                    break;
                case PoolNode pool:
                    Forward(pool);
                    break;
                case GlobalAverageNode mean:
                    Op(ShimOpKind.GlobalAverage, mean.Inputs[0], In(mean), null, Make(mean.Output));
                    break;
                case ResizeNode resize:
                    Op(ShimOpKind.Resize, resize.Inputs[0], In(resize), null, Make(resize.Output), Taps(resize, transposed: false));
                    break;
                case ConcatNode concat:
                    Forward(concat);
                    break;
                case ChannelSliceNode slice:
                    Copy(
                        In(slice), MapPart.Of(slice.Inputs[0], slice.Start), Make(slice.Output), MapPart.Of(slice.Output), slice.Output);
                    break;
                case PadNode pad:
                    Forward(pad);
                    break;
                case CropNode crop:
                    Copy(In(crop), Within(crop), Make(crop.Output), MapPart.Of(crop.Output), crop.Output);
                    break;
                case BinaryNode binary:
                    Op(binary.Kind, binary.Output, In(binary), In(binary, 1), Make(binary.Output));
                    break;
                case ScaleChannelsNode scale:
                    Op(ShimOpKind.ScaleChannels, scale.Output, In(scale), In(scale, 1), Make(scale.Output));
                    break;
                case LayoutNode layout:
                    Op(layout.Output.Blocked ? ShimOpKind.ToBlocked : ShimOpKind.ToPlanar, layout.Output, In(layout), null, Make(layout.Output));
                    break;
                case PlainNode plain:
                    Forward(plain);
                    break;
                default:
                    throw new InvalidOperationException($"{node.GetType().Name} has no way forward");
            }
        }

        return Readings();
    }

    /// <summary>The targets' buffers, which keep their content for the caller.</summary>
    private Dictionary<PlanValue, PlanBuffer> Readings()
    {
        var readings = new Dictionary<PlanValue, PlanBuffer>();
        foreach (var target in _graph.Targets.Values.Distinct())
        {
            var buffer = _values[target];
            buffer.Pinned = true;
            _pinned.Add(buffer);
            readings.Add(target, buffer);
        }

        return readings;
    }

    private void Forward(ConvNode node)
    {
        var residual = node.HasResidual ? node.Inputs[1] : null;
        var inPlace = residual is not null && IsLastReader(node, residual);
        var output = inPlace ? _values[node.Output] = _values[residual!] : Make(node.Output);
        var posts = new List<ConvPost>();
        if (residual is not null)
        {
            posts.Add(inPlace ? new ConvPost(ShimPostKind.Sum) : new ConvPost(ShimPostKind.Add, _values[residual]));
        }

        if (!node.Act.IsNone)
        {
            posts.Add(new ConvPost(ShimPostKind.Act) { Act = node.Act });
        }

        var kernel = node.Kernel;
        Conv(new ConvCall
        {
            Source = In(node),
            SourceShape = MapPart.Of(node.Inputs[0]),
            SourcePlanar = !node.Inputs[0].Blocked,
            Destination = output,
            DestinationShape = MapPart.Of(node.Output),
            Window = node.Window with { Padding = PaddingOf(node) },
            Key = kernel.ForwardKey,
            WeightCount = kernel.Count,
            Write = kernel.WriteForward,
            Bias = kernel.Bias,
            Posts = posts,
        });
        if (_gradient && Absorbs(node.Output) && !node.Act.IsNone)
        {
            Op(ShimOpKind.Mask, node.Output, output, null, Mask(node.Output), new OpDetails { Act = node.Act });
        }
    }

    private void Forward(TransposedConvNode node)
    {
        var window = node.Window with { Padding = NonNegative(node.Window.PaddingOf(node.Inputs[0].Region, node.Output.Region)) };
        ConvBackward(new ConvCall
        {
            Source = In(node),
            SourceShape = MapPart.Of(node.Inputs[0]),
            Destination = Make(node.Output),
            DestinationShape = MapPart.Of(node.Output),
            Window = window,
            Key = node.Kernel.ForwardKey,
            WeightCount = node.Kernel.Count,
            Write = node.Kernel.WriteForward,
        });
    }

    private void Forward(AffineNode node)
    {
        var input = node.Inputs[0];
        var output = IsLastReader(node, input) ? _values[node.Output] = _values[input] : Make(node.Output);
        var mask = _gradient && !node.Act.IsNone ? Mask(node.Output) : null;
        Op(ShimOpKind.Affine, node.Output, _values[input], mask, output, new OpDetails
        {
            Act = node.Act,
            Table0 = node.Scale,
            Table1 = node.Shift,
        });
    }

    private void Forward(FunctionNode node)
    {
        var input = node.Inputs[0];
        var output = IsLastReader(node, input) ? _values[node.Output] = _values[input] : Make(node.Output);
        Op(ShimOpKind.Function, node.Output, _values[input], null, output, new OpDetails { Act = node.Function });
    }

    private void Forward(PoolNode node)
    {
        var details = PoolDetails(node);
        if (node.Op.Kind == PoolKind.Average)
        {
            Op(ShimOpKind.AveragePool, node.Inputs[0], In(node), null, Make(node.Output), details);
            return;
        }

        PlanBuffer? winners = null;
        if (_gradient)
        {
            winners = BlockedBuffer(node.Output.Channels, node.Output.Height, node.Output.Width, ShimType.Byte);
            _winners.Add(node, winners);
        }

        Op(ShimOpKind.MaxPool, node.Inputs[0], In(node), winners, Make(node.Output), details);
    }

    private void Forward(ConcatNode node)
    {
        var output = Make(node.Output);
        var channel = 0;
        foreach (var input in node.Inputs)
        {
            Copy(_values[input], MapPart.Of(input), output, MapPart.Of(node.Output, channel), input);
            channel += input.Channels;
        }
    }

    private void Forward(PadNode node)
    {
        var (from, to, rows, columns) = Overlap(node);
        Op(ShimOpKind.Copy, node.Inputs[0], In(node), null, Make(node.Output), new OpDetails
        {
            Fill = true,
            Act = new FusedAct(ShimAct.None, node.Value, 0),
            Numbers = CopyNumbers(from, to, node.Output.Channels, rows, columns),
        });
    }

    private unsafe void Forward(PlainNode node)
    {
        var output = Make(node.Output);
        PlanBuffer[] inputs = [.. node.Inputs.Select(input => _values[input])];
        var op = node.Op;
        Plain(
            lane =>
            {
                var given = Array.ConvertAll(inputs, input => Tensor(lane, input));
                op.Forward(given, Tensor(lane, output));
            },
            [.. inputs, output]);
    }

    private PlanBuffer In(PlanNode node, int input = 0) => _values[node.Inputs[input]];

    private PlanBuffer Make(PlanValue value)
    {
        var buffer = Buffer(value, ShimType.Float32);
        _values.Add(value, buffer);
        return buffer;
    }

    private PlanBuffer Mask(PlanValue value)
    {
        var mask = BlockedBuffer(value.Channels, value.Height, value.Width, ShimType.Byte);
        _masks.Add(value, mask);
        return mask;
    }

    /// <summary>Whether nothing reads a value after a node, so that the node may overwrite it.</summary>
    private bool IsLastReader(PlanNode node, PlanValue value)
        => value.Blocked && !value.IsTarget && value.Region == node.Output.Region
            && value.Consumers.Count(consumer => consumer == node) == 1
            && value.Consumers.All(consumer => _order[consumer] <= _order[node])
            && !(_gradient && IsReadOnTheWayBack(value));

    private static bool IsReadOnTheWayBack(PlanValue value)
    {
        var byProducer = value.Producer switch
        {
            ConvNode conv => !conv.Act.IsNone && !Absorbs(value),
            PlainNode plain => plain.Op.ReadsOutput,
            _ => false,
        };
        return byProducer || value.Consumers.Any(consumer => consumer switch
        {
            PlainNode plain => plain.Op.ReadsInputs,
            BinaryNode { Kind: ShimOpKind.Multiply } or ScaleChannelsNode or FunctionNode => true,
            _ => false,
        });
    }

    private static unsafe PlainTensor Tensor(ShimLane lane, PlanBuffer buffer)
        => new(lane.Floats(buffer.Offset), checked((int)(buffer.Bytes / sizeof(float))));

    private void Copy(PlanBuffer from, MapPart source, PlanBuffer to, MapPart destination, PlanValue box)
        => Copy(from, source, to, destination, box.Channels, box.Height, box.Width);
}
