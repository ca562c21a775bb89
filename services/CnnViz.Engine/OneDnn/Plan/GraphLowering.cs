using CnnViz.Engine.OneDnn.Native;
using CnnViz.Engine.OneDnn.Plain;
using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>
/// Turns a graph's layers into nodes, fusing what one pass can do: batch normalization into the convolution before it, a function
/// and a sum into the convolution whose result they take, zero padding into what follows.
/// </summary>
internal sealed partial class GraphLowering
{
    private readonly ModelGraph _graph;
    private readonly IReadOnlyDictionary<string, TensorShape> _shapes;
    private readonly LayerWeights _weights;
    private readonly bool _reluRelief;
    private readonly Dictionary<string, PlanValue> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private readonly Dictionary<PlanValue, PlanValue> _otherLayouts = [];
    private readonly List<PlanNode> _nodes = [];

    private GraphLowering(ModelGraph graph, CompileOptions options)
    {
        _graph = graph;
        _reluRelief = options.ReluRelief;
        _weights = new LayerWeights(graph.Weights);
        try
        {
            var needed = ShapeInference.Ancestors(graph, options.TargetLayers);
            _shapes = ShapeInference.Infer(graph, options.Height, options.Width, options.TargetLayers);
            Layers = [.. graph.Layers.Where(layer => needed.Contains(layer.Name))];
        }
        catch (ModelFormatException e)
        {
            throw new CompileException(e.Message, e);
        }

        Targets = [.. options.TargetLayers.Distinct().Select(name => (name, graph.Find(name)!.Name))];
        foreach (var layer in Layers)
        {
            foreach (var source in layer.Inputs)
            {
                var name = graph.Find(source)!.Name;
                _uses[name] = _uses.GetValueOrDefault(name) + 1;
            }
        }

        // A target must exist as it is: that is one more use.
        foreach (var (_, layer) in Targets)
        {
            _uses[layer] = _uses.GetValueOrDefault(layer) + 2;
        }
    }

    private Layer[] Layers { get; }

    private (string Name, string Layer)[] Targets { get; }

    /// <exception cref="CompileException">A target is unknown, needs an unsupported op, or the size does not fit the graph.</exception>
    public static LoweredGraph Lower(ModelGraph graph, CompileOptions options)
    {
        var lowering = new GraphLowering(graph, options);
        foreach (var layer in lowering.Layers)
        {
            try
            {
                lowering._values[layer.Name] = lowering.Lower(layer);
            }
            catch (ModelFormatException e)
            {
                throw new CompileException(e.Message, e);
            }
        }

        var targets = lowering.Targets.ToDictionary(
            target => target.Name, target => lowering._values[target.Layer], StringComparer.Ordinal);
        foreach (var value in targets.Values)
        {
            value.IsTarget = true;
        }

        return new LoweredGraph(lowering._nodes, targets);
    }

    private PlanValue Lower(Layer layer)
    {
        PlanValue[] inputs = [.. layer.Inputs.Select(source => _values[_graph.Find(source)!.Name])];
        var shape = _shapes[layer.Name];
        return layer.Op switch
        {
            InputOp => Add(new InputNode(layer.Name, new PlanValue(shape, blocked: false))),
            _ when IsIdentity(layer.Op) => inputs[0],
            Conv2DOp op => Convolution(layer, op, inputs[0], shape),
            ConvTranspose2DOp op => Transposed(layer, op, inputs[0], shape),
            DenseOp when inputs[0].Shape.Rank == 1 => Dense(layer, inputs[0], shape),
            BatchNormalizationOp op when shape.Rank is 1 or 3 => Normalization(layer, op, inputs[0], shape),
            ActivationOp op => Activation(layer, op, inputs[0], shape),
            ClipOp op when op.Minimum < op.Maximum =>
                Act(layer, new FusedAct(ShimAct.Clip, op.Minimum, op.Maximum), inputs[0], shape),
            Pool2DOp op => Pool(layer, op, inputs[0], shape),
            GlobalPool2DOp { Kind: PoolKind.Average } or ReduceMeanOp { Axes: [1, 2] or [2, 1] or [-2, -1] or [-1, -2] }
                when inputs[0].Shape.IsFeatureMap => Add(new GlobalAverageNode(
                layer.Name, new PlanValue(shape, blocked: true), Blocked(inputs[0]))),
            Pad2DOp op when FoldsIntoNext(layer, op) => inputs[0],
            Pad2DOp { Mode: PadMode.Constant } op when float.IsFinite(op.Value) => Add(new PadNode(
                layer.Name, new PlanValue(shape, blocked: true), Blocked(inputs[0]), op.Padding, op.Value)),
            BinaryOp op => Binary(layer, op, inputs, shape),
            ConcatenateOp { Axis: 0 or -3 } when shape.IsFeatureMap => Add(new ConcatNode(
                layer.Name, new PlanValue(shape, blocked: true), [.. inputs.Select(Blocked)])),
            SliceOp { Axis: 0 or -3, Step: 1 } op when shape.IsFeatureMap => Add(new ChannelSliceNode(
                layer.Name, new PlanValue(shape, blocked: true), Blocked(inputs[0]), op.Start)),
            ResizeOp op => Add(new ResizeNode(
                layer.Name,
                new PlanValue(shape, blocked: true),
                Blocked(inputs[0]),
                ResizeTaps.Create(op, inputs[0].Shape.Height, shape.Height, op.ScaleHeight),
                ResizeTaps.Create(op, inputs[0].Shape.Width, shape.Width, op.ScaleWidth))),
            _ => Plain(layer, inputs, shape),
        };
    }

    private PlanValue Add(PlanNode node)
    {
        _nodes.Add(node);
        return node.Output;
    }

    private PlanValue Plain(Layer layer, PlanValue[] inputs, TensorShape shape)
    {
        var op = PlainOps.Create(layer, [.. inputs.Select(input => input.Shape)], shape, _weights);
        return Add(new PlainNode(layer.Name, new PlanValue(shape, blocked: false), op, [.. inputs.Select(Planar)]));
    }

    /// <summary>An element-wise function in whatever layout its input has.</summary>
    private PlanValue Elementwise(Layer layer, PlainOp op, PlanValue input, TensorShape shape)
        => Add(new PlainNode(layer.Name, new PlanValue(shape, input.Blocked), op, input));

    /// <summary>The value in channel blocks; it must be of rank 1 or 3.</summary>
    private PlanValue Blocked(PlanValue value) => value.Blocked ? value : Other(value);

    private PlanValue Planar(PlanValue value) => value.Blocked ? Other(value) : value;

    private PlanValue Other(PlanValue value)
    {
        if (!_otherLayouts.TryGetValue(value, out var other))
        {
            other = Add(new LayoutNode(value.Producer.Name, new PlanValue(value.Shape, !value.Blocked), value));
            _otherLayouts.Add(value, other);
        }

        return other;
    }

    /// <summary>Whether a layer's output goes to one other layer alone and nobody else sees it.</summary>
    private bool IsOnlyStep(string name)
    {
        var layer = _graph.Find(name)!;
        return _uses.GetValueOrDefault(layer.Name) == 1 && (!IsIdentity(layer.Op) || IsOnlyStep(layer.Inputs[0]));
    }

    private static bool IsIdentity(LayerOp op) => op is DropoutOp or ActivationOp { Kind: ActivationKind.Linear };
}

/// <summary>A graph's nodes, in an order in which they can run, and its targets' values by the names asked for.</summary>
internal sealed record LoweredGraph(List<PlanNode> Nodes, IReadOnlyDictionary<string, PlanValue> Targets);
