namespace CnnViz.Models.TfJs;

/// <summary>
/// Turns a GraphDef into layers, node by node. Axis orders are translated away (see <see cref="TfData"/>), constants are folded,
/// and what cannot be translated becomes an <see cref="UnsupportedOp"/> layer that blocks only what depends on it.
/// </summary>
internal sealed partial class TfTranslator(NodeNames names, ConstantTensors constants, GraphBuilder builder, PictureInput picture)
{
    private readonly Dictionary<TensorRef, TfValue> _values = [];
    private readonly Dictionary<string, TfUnsupported> _unsupported = new(StringComparer.Ordinal);

    /// <summary>The picture input, once a placeholder was found.</summary>
    public InputSpec? Input { get; private set; }

    /// <summary>
    /// True when a layer holds a height or width that another input size would change, so that only the declared size is right.
    /// </summary>
    public bool HoldsSpatialExtents { get; private set; }

    /// <summary>
    /// True when a padding was computed by TensorFlow's SAME rule at a stride above 1, which depends on the input's size.
    /// </summary>
    public bool HoldsSamePadding { get; private set; }

    public void Translate(GraphDef graph)
    {
        foreach (var node in graph.Nodes)
        {
            var before = builder.Count;
            try
            {
                if (BlockedBy(node) is { } blocker)
                {
                    AddUnsupported(
                        node, $"it needs the output of '{blocker.Node}' ({blocker.OpType}), which is not supported", blocker);
                }
                else
                {
                    Dispatch(node);
                }
            }
            catch (UnsupportedNodeException e)
            {
                builder.Rollback(before);
                AddUnsupported(node, e.Message, blocker: null);
            }
            catch (ModelFormatException e)
            {
                throw new ModelFormatException($"node '{node.Name}' ({node.Op}): {e.Message}", e);
            }
        }
    }

    /// <summary>The layer that a tensor name means, or null for a constant or an unknown name.</summary>
    public string? LayerOf(string tensor) => Lookup(TensorRef.Parse(tensor)) switch
    {
        TfData data => data.Layer,
        TfUnsupported unsupported => unsupported.Layer,
        _ => null,
    };

    private void Dispatch(NodeDef node)
    {
        switch (node.Op)
        {
            case "Const": SetValue(node, constants.Read(node)); return;
            case "Placeholder": Placeholder(node); return;
            case "NoOp": return;
            case "Identity" or "IdentityN" or "StopGradient" or "Snapshot" or "CheckNumerics" or "PreventGradient":
                Identity(node);
                return;
            case "Shape" when Value(node, 0) is TfData data:
                SetValue(node, new TfConst(node.Name, [data.Rank], null, [.. Extents(data).Select(extent => (double)extent)]));
                return;
            case "Rank" when Value(node, 0) is TfData data:
                SetValue(node, new TfConst(node.Name, [], null, [data.Rank]));
                return;
        }

        if (node.Inputs.Count > 0 && Enumerable.Range(0, node.Inputs.Count).All(i => Value(node, i) is TfConst))
        {
            TfConst[] inputs = [.. Enumerable.Range(0, node.Inputs.Count).Select(i => (TfConst)Value(node, i))];
            SetValue(node, ConstantFolder.Fold(node, inputs, constants));
            return;
        }

        Compute(node);
    }

    private void Compute(NodeDef node)
    {
        switch (node.Op)
        {
            case "Conv2D" or "_FusedConv2D": Convolution(node, depthwise: false); break;
            case "DepthwiseConv2dNative" or "FusedDepthwiseConv2dNative": Convolution(node, depthwise: true); break;
            case "MatMul" or "_FusedMatMul": MatrixProduct(node); break;
            case "MaxPool": Pool(node, PoolKind.Max); break;
            case "AvgPool": Pool(node, PoolKind.Average); break;
            case "Mean": GlobalPool(node, PoolKind.Average); break;
            case "Max": GlobalPool(node, PoolKind.Max); break;
            case "Pad" or "PadV2": Pad(node); break;
            case "ResizeBilinear": Resize(node, ResizeKind.Bilinear); break;
            case "ResizeNearestNeighbor": Resize(node, ResizeKind.Nearest); break;
            case "FusedBatchNorm" or "FusedBatchNormV2" or "FusedBatchNormV3": BatchNormalization(node); break;
            case "BiasAdd" or "BiasAddV1": BiasAdd(node); break;
            case "Add" or "AddV2": Binary(node, BinaryKind.Add); break;
            case "Sub": Binary(node, BinaryKind.Subtract); break;
            case "Mul": Binary(node, BinaryKind.Multiply); break;
            case "RealDiv" or "Div": Binary(node, BinaryKind.Divide); break;
            case "Relu" or "Relu6" or "LeakyRelu" or "Elu" or "Sigmoid" or "Tanh" or "Prelu":
                Activation(node, names.Short(node.Name), node.Op, (TfData)Value(node, 0), alphaInput: 1);
                break;
            case "Softmax": Softmax(node); break;
            case "ConcatV2": Concatenate(node); break;
            case "Split" or "SplitV": Split(node); break;
            case "StridedSlice" or "Slice": Slice(node); break;
            case "Transpose": Transpose(node); break;
            case "Reshape": Reshape(node); break;
            case "Squeeze" or "ExpandDims": ChangeRank(node); break;
            default: throw new UnsupportedNodeException("the reader does not know this op");
        }
    }

    private void Placeholder(NodeDef node)
    {
        if (Input is not null)
        {
            throw new UnsupportedNodeException($"the network already has the picture input '{Input.Name}'");
        }

        var name = names.Short(node.Name);
        var dims = node.Message("shape", "shape") is { } shape ? JsonNumbers.Shape(shape, "its shape") : null;
        if (dims is not { Length: 4 })
        {
            throw new UnsupportedNodeException("it is no picture input: only placeholders of rank 4 are");
        }

        if (dims[0] is not (-1 or 1))
        {
            throw new ModelFormatException($"it declares a batch of {dims[0]}; 1 or any is supported");
        }

        var spec = picture.Describe(name, dims);
        builder.AddInput(name, new TensorShape(spec.Channels, spec.Height, spec.Width), node.Name);
        Input = spec;
        SetValue(node, new TfData(name, spec.ChannelsLast ? TfData.Nhwc : TfData.Nchw));
    }

    private void Identity(NodeDef node)
    {
        for (var i = 0; i < node.Inputs.Count; i++)
        {
            var value = Value(node, i);
            SetValue(node, value, i);
            if (value is TfData data && i == 0)
            {
                builder.Alias(data.Layer, node.Name, names.Short(node.Name));
            }
        }
    }

    private TfUnsupported? BlockedBy(NodeDef node) =>
        node.Inputs.Select(Lookup).OfType<TfUnsupported>().FirstOrDefault();

    private TfValue? Lookup(TensorRef tensor) =>
        _unsupported.TryGetValue(tensor.Node, out var unsupported) ? unsupported : _values.GetValueOrDefault(tensor);

    private void AddUnsupported(NodeDef node, string reason, TfUnsupported? blocker)
    {
        // Constants that cannot be read have no layer; a name is still needed to report them by.
        var name = node.Op == "Const" ? node.Name : names.Short(node.Name);
        if (!builder.IsFree(name))
        {
            name = node.Name;
        }

        var inputs = node.Inputs.Select(Lookup).Select(value => value switch
        {
            TfData data => data.Layer,
            TfUnsupported unsupported => unsupported.Layer,
            _ => null,
        });
        builder.AddUnsupported(name, new UnsupportedOp(node.Op, reason), [.. inputs.OfType<string>().Distinct()], node.Name);
        _unsupported[node.Name] = new TfUnsupported(name, blocker?.OpType ?? node.Op, blocker?.Node ?? node.Name);
    }

    private void SetValue(NodeDef node, TfValue value, int index = 0) => _values[new TensorRef(node.Name, index)] = value;

    private TfValue Value(NodeDef node, int input)
    {
        if (input >= node.Inputs.Count)
        {
            throw new ModelFormatException($"it has {node.Inputs.Count} inputs; input {input} is missing");
        }

        var tensor = node.Inputs[input];
        return Lookup(tensor)
            ?? throw new ModelFormatException($"it takes output {tensor.Index} of '{tensor.Node}', which has no such output");
    }

    private TfData Data(NodeDef node, int input) => Value(node, input) as TfData
        ?? throw new UnsupportedNodeException($"its input {input} is a constant");

    private TfConst Constant(NodeDef node, int input, string what) => Value(node, input) as TfConst
        ?? throw new UnsupportedNodeException($"its {what} is not constant");

    /// <summary>TensorFlow's extents at the declared input size, batch 1.</summary>
    private int[] Extents(TfData data)
    {
        var shape = builder.ShapeOf(data.Layer);
        return [.. data.Axes.Select(axis => axis == TfData.Batch ? 1 : shape[axis])];
    }

    /// <summary>Adds the layer that a node stands for and makes it the node's value.</summary>
    private void Emit(NodeDef node, LayerOp op, IReadOnlyList<string> inputs, IReadOnlyList<LayerWeight> weights, int[] axes) =>
        SetValue(node, new TfData(builder.Add(names.Short(node.Name), op, inputs, weights, node.Name), axes));

    /// <summary>A name for a layer that no node stands for.</summary>
    private string Auxiliary(string name, string suffix)
    {
        var wanted = $"{name}/{suffix}";
        for (var i = 1; !builder.IsFree(wanted); i++)
        {
            wanted = $"{name}/{suffix}_{i}";
        }

        return wanted;
    }

    /// <summary>The data seen with the given axes; where its view differs, a transposition is made explicit.</summary>
    private TfData SeenAs(TfData data, int[] axes, string consumer)
    {
        if (data.Shows(axes))
        {
            return data;
        }

        if (data.Rank != axes.Length || Array.IndexOf(data.Axes, TfData.Batch) != Array.IndexOf(axes, TfData.Batch))
        {
            throw new UnsupportedNodeException("its input's axes are in an order that has no feature map form");
        }

        var permutation = new int[axes.Length - 1];
        for (var i = 0; i < axes.Length; i++)
        {
            if (axes[i] != TfData.Batch)
            {
                permutation[axes[i]] = data.Axes[i];
            }
        }

        return new TfData(builder.Add(Auxiliary(consumer, "permute"), new TransposeOp(permutation), [data.Layer], []), axes);
    }
}
