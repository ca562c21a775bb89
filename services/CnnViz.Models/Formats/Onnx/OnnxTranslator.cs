namespace CnnViz.Models.Onnx;

/// <summary>
/// Turns an ONNX graph into layers, node by node. Axis orders are translated away (see <see cref="OnnxData"/>), constants are
/// folded, and what cannot be translated becomes an <see cref="UnsupportedOp"/> layer that blocks only what depends on it.
/// </summary>
internal sealed partial class OnnxTranslator(
    OnnxModel model, OnnxNames names, OnnxConstants constants, GraphBuilder builder, OnnxInputs inputs)
{
    private readonly Dictionary<string, OnnxValue> _values = new(StringComparer.Ordinal);
    private readonly OnnxFolder _folder = new(constants, model.Opset);

    /// <summary>The picture input, once it was found.</summary>
    public InputSpec? Input { get; private set; }

    /// <summary>
    /// True when a layer holds a height or width that another input size would change, so that only the declared size is right.
    /// </summary>
    public bool HoldsSpatialExtents { get; private set; }

    /// <summary>True when a padding was computed by a SAME rule at a stride above 1, which depends on the input's size.</summary>
    public bool HoldsSamePadding { get; private set; }

    /// <summary>
    /// The declared batch; samples are independent of each other, so it only matters for shapes written as constants.
    /// </summary>
    private int Batch { get; set; } = 1;

    public void Translate(IReadOnlyDictionary<string, OnnxTensor> tensors)
    {
        foreach (var initializer in model.Initializers)
        {
            _values[initializer.Name] = constants.Of(initializer.Name, tensors[initializer.Name]);
        }

        foreach (var input in model.Inputs.Where(input => !_values.ContainsKey(input.Name)))
        {
            AddInput(input);
        }

        foreach (var node in model.Nodes)
        {
            Translate(node, tensors);
        }
    }

    /// <summary>What a tensor became, or null for an unknown name.</summary>
    public OnnxValue? Find(string tensor) => _values.GetValueOrDefault(tensor);

    private void AddInput(OnnxInput input)
    {
        try
        {
            if (Input is not null)
            {
                throw new UnsupportedNodeException($"the network already has the picture input '{Input.Name}'");
            }

            var (spec, batch, view) = inputs.Describe(input);
            Batch = batch;
            builder.AddInput(input.Name, new TensorShape(spec.Channels, spec.Height, spec.Width), input.Name);
            Input = spec;
            if (view.Length >= 3)
            {
                _values[input.Name] = new OnnxData(input.Name, view);
                return;
            }

            var vector = builder.Add(Auxiliary(input.Name, "flatten"), new FlattenOp(ChannelsLast: false), [input.Name], []);
            _values[input.Name] = new OnnxData(vector, view);
        }
        catch (UnsupportedNodeException e)
        {
            builder.AddUnsupported(input.Name, new UnsupportedOp("Input", e.Message), [], input.Name);
            _values[input.Name] = new OnnxBlocked(input.Name, "Input", input.Name);
        }
        catch (ModelFormatException e)
        {
            throw new ModelFormatException($"input '{input.Name}': {e.Message}", e);
        }
    }

    private void Translate(OnnxNode node, IReadOnlyDictionary<string, OnnxTensor> tensors)
    {
        var before = builder.Count;
        try
        {
            if (node.Outputs.Count == 0 || node.Outputs[0].Length == 0)
            {
                throw new ModelFormatException("it has no output");
            }

            // Every output counts as made; what an op does not set below is refused when something takes it.
            if (node.Inputs.Where(input => input.Length > 0).Select(Value).OfType<OnnxBlocked>().FirstOrDefault() is { } blocker)
            {
                AddUnsupported(
                    node, $"it needs the output of '{blocker.Node}' ({blocker.OpType}), which is not supported", blocker);
            }
            else
            {
                Dispatch(node, tensors);
            }
        }
        catch (UnsupportedNodeException e)
        {
            builder.Rollback(before);
            AddUnsupported(node, e.Message, blocker: null);
        }
        catch (ModelFormatException e)
        {
            throw new ModelFormatException($"node '{node.Title}' ({node.Op}): {e.Message}", e);
        }
    }

    private void Dispatch(OnnxNode node, IReadOnlyDictionary<string, OnnxTensor> tensors)
    {
        if (node.Op == "Constant")
        {
            SetValue(node, Constant(node, tensors));
        }
        else if (node.Op is "Shape" or "Size" && Value(node, 0) is OnnxData data)
        {
            SetValue(node, Shape(node, Extents(data)));
        }
        else if (node.Inputs.Count > 0 && node.Inputs.All(input => input.Length == 0 || Value(input) is OnnxConst))
        {
            OnnxConst?[] given = [.. node.Inputs.Select(input => input.Length == 0 ? null : (OnnxConst)Value(input))];
            var folded = _folder.Fold(node, given);
            for (var i = 0; i < folded.Length; i++)
            {
                SetValue(node, folded[i], i);
            }
        }
        else
        {
            Compute(node);
        }
    }

    private void Compute(OnnxNode node)
    {
        switch (node.Op)
        {
            case "Conv": Convolution(node); break;
            case "ConvTranspose": TransposedConvolution(node); break;
            case "Gemm": Gemm(node); break;
            case "MatMul": MatrixProduct(node); break;
            case "BatchNormalization": BatchNormalization(node); break;
            case "MaxPool": Pool(node, PoolKind.Max); break;
            case "AveragePool": Pool(node, PoolKind.Average); break;
            case "GlobalMaxPool": Emit(node, new GlobalPool2DOp(PoolKind.Max, KeepDims: true), FeatureMap(node)); break;
            case "GlobalAveragePool": Emit(node, new GlobalPool2DOp(PoolKind.Average, KeepDims: true), FeatureMap(node)); break;
            case "ReduceMean" or "ReduceMax": Reduce(node); break;
            case "Pad": Pad(node); break;
            case "Resize" or "Upsample": Resize(node); break;
            case "Add" or "Sum": Binary(node, BinaryKind.Add); break;
            case "Sub": Binary(node, BinaryKind.Subtract); break;
            case "Mul": Binary(node, BinaryKind.Multiply); break;
            case "Div": Binary(node, BinaryKind.Divide); break;
            case "Pow": Binary(node, BinaryKind.Power); break;
            case "Max": Binary(node, BinaryKind.Maximum); break;
            case "Min": Binary(node, BinaryKind.Minimum); break;
            case "Mean": Mean(node); break;
            case "Reciprocal": Reciprocal(node); break;
            case "Clip": Clip(node); break;
            case "PRelu": ParametricRelu(node); break;
            case "Softmax": Softmax(node); break;
            case "Dropout": Dropout(node); break;
            case "Identity": View(node, Data(node, 0)); break;
            case "Concat": Concatenate(node); break;
            case "Split": Split(node); break;
            case "Slice": Slice(node); break;
            case "Transpose": Transpose(node); break;
            case "Reshape" or "Flatten": Reshape(node); break;
            case "Squeeze" or "Unsqueeze": ChangeRank(node); break;
            default: Activation(node); break;
        }
    }

    private void AddUnsupported(OnnxNode node, string reason, OnnxBlocked? blocker)
    {
        var name = names[node];
        var before = node.Inputs.Where(input => input.Length > 0).Select(input => _values.GetValueOrDefault(input))
            .Select(value => value switch
        {
            OnnxData data => data.Layer,
            OnnxBlocked blocked => blocked.Layer,
            _ => null,
        });
        builder.AddUnsupported(
            name, new UnsupportedOp(node.Op, reason), [.. before.OfType<string>().Distinct()], SourceNames(node, 0));
        var value = new OnnxBlocked(name, blocker?.OpType ?? node.Op, blocker?.Node ?? node.Title);
        for (var i = 0; i < node.Outputs.Count; i++)
        {
            SetValue(node, value, i);
        }
    }

    private void SetValue(OnnxNode node, OnnxValue value, int index = 0)
    {
        if (index < node.Outputs.Count && node.Outputs[index].Length > 0 && !_values.TryAdd(node.Outputs[index], value))
        {
            throw new ModelFormatException($"the tensor '{node.Outputs[index]}' is made twice");
        }
    }

    private OnnxValue Value(string tensor) => _values.GetValueOrDefault(tensor)
        ?? throw new ModelFormatException($"it takes the tensor '{tensor}', which no earlier node makes");

    private OnnxValue Value(OnnxNode node, int input) => node.HasInput(input)
        ? Value(node.Inputs[input])
        : throw new ModelFormatException($"its input {input} is missing");

    private OnnxData Data(OnnxNode node, int input) => Value(node, input) as OnnxData
        ?? throw new UnsupportedNodeException($"its input {input} is a constant");

    private OnnxConst Constant(OnnxNode node, int input, string what) => Value(node, input) as OnnxConst
        ?? throw new UnsupportedNodeException($"its {what} is not constant");

    /// <summary>
    /// Whole numbers from an attribute (older opsets) or a constant input (newer ones); null when neither is there.
    /// </summary>
    private int[]? Integers(OnnxNode node, string attribute, int input) =>
        node.Ints(attribute) ?? (node.HasInput(input) ? constants.Integers(Constant(node, input, attribute)) : null);

    /// <summary>ONNX' extents at the declared input size.</summary>
    private int[] Extents(OnnxData data)
    {
        var shape = builder.ShapeOf(data.Layer);
        return [.. data.Axes.Select(axis => axis == OnnxData.Batch ? Batch : shape[axis])];
    }

    /// <summary>Input 0 as feature maps (batch, channels, height, width).</summary>
    private OnnxData FeatureMap(OnnxNode node)
    {
        var data = Data(node, 0);
        return data.Rank == 4
            ? SeenAs(data, OnnxData.Nchw, names[node])
            : throw new UnsupportedNodeException(
                $"its input has rank {data.Rank}; only feature maps (batch, channels, height, width) are supported");
    }

    /// <summary>Adds the layer that a node stands for, with the same axes as its input, and makes it the node's value.</summary>
    private void Emit(OnnxNode node, LayerOp op, OnnxData input, params LayerWeight[] weights) =>
        Emit(node, op, [input.Layer], input.Axes, weights);

    private void Emit(OnnxNode node, LayerOp op, string[] before, int[] axes, params LayerWeight[] weights) =>
        SetValue(node, new OnnxData(builder.Add(names[node], op, before, weights, SourceNames(node, 0)), axes));

    /// <summary>Makes a node's output another view of a layer that is there.</summary>
    private void View(OnnxNode node, OnnxData data)
    {
        builder.Alias(data.Layer, [names[node], .. SourceNames(node, 0)]);
        SetValue(node, data);
    }

    private static string[] SourceNames(OnnxNode node, int output) =>
        [.. new[] { output == 0 ? node.Name : "", node.Outputs.ElementAtOrDefault(output) ?? "" }.Where(name => name.Length > 0).Distinct()];

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
    private OnnxData SeenAs(OnnxData data, int[] axes, string consumer)
    {
        if (data.Shows(axes))
        {
            return data;
        }

        if (data.Rank != axes.Length || data.BatchAxis != Array.IndexOf(axes, OnnxData.Batch))
        {
            throw new UnsupportedNodeException("its input's axes are in an order that has no feature map form");
        }

        var permutation = new int[axes.Count(axis => axis != OnnxData.Batch)];
        for (var i = 0; i < axes.Length; i++)
        {
            if (axes[i] != OnnxData.Batch)
            {
                permutation[axes[i]] = data.Axes[i];
            }
        }

        return new OnnxData(builder.Add(Auxiliary(consumer, "permute"), new TransposeOp(permutation), [data.Layer], []), axes);
    }
}
