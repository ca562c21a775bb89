namespace CnnViz.Models.Onnx;

/// <summary>Ops that work cell by cell, and normalizations.</summary>
internal sealed partial class OnnxTranslator
{
    private void Activation(OnnxNode node)
    {
        var op = node.Op switch
        {
            "Relu" => new ActivationOp(ActivationKind.Relu),
            "LeakyRelu" => new ActivationOp(ActivationKind.LeakyRelu, node.Float("alpha", 0.01f)),
            "Elu" => new ActivationOp(ActivationKind.Elu, node.Float("alpha", 1)),
            "Celu" => new ActivationOp(ActivationKind.Celu, node.Float("alpha", 1)),
            "Selu" => new ActivationOp(ActivationKind.Selu, node.Float("alpha", 1.67326319f), node.Float("gamma", 1.05070102f)),
            "ThresholdedRelu" => new ActivationOp(ActivationKind.ThresholdedRelu, node.Float("alpha", 1)),
            "Gelu" => new ActivationOp(node.Text("approximate") == "tanh" ? ActivationKind.GeluTanh : ActivationKind.Gelu),
            "Sigmoid" => new ActivationOp(ActivationKind.Sigmoid),
            "HardSigmoid" => new ActivationOp(ActivationKind.HardSigmoid, node.Float("alpha", 0.2f), node.Float("beta", 0.5f)),
            "HardSwish" => new ActivationOp(ActivationKind.HardSwish),
            "Tanh" => new ActivationOp(ActivationKind.Tanh),
            "Softplus" => new ActivationOp(ActivationKind.Softplus),
            "Softsign" => new ActivationOp(ActivationKind.Softsign),
            "Mish" => new ActivationOp(ActivationKind.Mish),
            "Exp" => new ActivationOp(ActivationKind.Exp),
            "Log" => new ActivationOp(ActivationKind.Log),
            "Sqrt" => new ActivationOp(ActivationKind.Sqrt),
            "Abs" => new ActivationOp(ActivationKind.Abs),
            "Neg" => new ActivationOp(ActivationKind.Negative),
            "Erf" => new ActivationOp(ActivationKind.Erf),
            _ => throw new UnsupportedNodeException("the reader does not know this op"),
        };
        Emit(node, op, Data(node, 0));
    }

    /// <summary>Bounds are attributes before opset 11 and inputs from then on. ReLU and ReLU6 go by their names.</summary>
    private void Clip(OnnxNode node)
    {
        var lowest = Bound("min", 1, float.NegativeInfinity);
        var highest = Bound("max", 2, float.PositiveInfinity);
        Emit(node, (lowest, highest) switch
        {
            (0, 6) => new ActivationOp(ActivationKind.Relu6),
            (0, float.PositiveInfinity) => new ActivationOp(ActivationKind.Relu),
            _ => new ClipOp(lowest, highest),
        }, Data(node, 0));

        float Bound(string name, int input, float fallback)
        {
            var value = node.HasInput(input)
                ? (float)constants.Scalar(Constant(node, input, name))
                : node.Attributes.TryGetValue(name, out var attribute) ? attribute.Float ?? fallback : fallback;
            return float.IsNaN(value) ? throw new ModelFormatException($"its {name} is not a number") : value;
        }
    }

    private void ParametricRelu(OnnxNode node)
    {
        var input = Data(node, 0);
        var constant = Constant(node, 1, "slope");
        if (model.Opset < 7 && constant.Dims.Length == 1 && input.Rank > 2)
        {
            // One slope per channel; since opset 7 broadcasting aligns last axes instead.
            constant = constant with { Dims = [.. constant.Dims, .. Enumerable.Repeat(1, input.Rank - 2)] };
        }

        var slope = Broadcastable(constant, input);
        Emit(node, new PReluOp(), input, slope with { Role = "alpha" });
    }

    /// <summary>
    /// Before opset 13 the axes from the given one on are one; that is the same where at most one of them is longer than 1.
    /// </summary>
    private void Softmax(OnnxNode node)
    {
        var input = Data(node, 0);
        var axis = OnnxShapes.Axis(node.Int("axis", model.Opset < 13 ? 1 : -1), input.Rank);
        if (model.Opset < 13)
        {
            var extents = Extents(input);
            int[] longer = [.. Enumerable.Range(axis, input.Rank - axis).Where(i => extents[i] > 1)];
            if (longer.Length > 1)
            {
                throw new UnsupportedNodeException("a softmax over several axes is not supported");
            }

            axis = longer is [var only] ? only : axis;
        }

        if (input.Axes[axis] == OnnxData.Batch)
        {
            throw new UnsupportedNodeException("a softmax over the batch is not supported");
        }

        Emit(node, new SoftmaxOp(input.Axes[axis]), input);
    }

    private void Dropout(OnnxNode node)
    {
        if (node.HasInput(2) && constants.Scalar(Constant(node, 2, "training mode")) != 0)
        {
            throw new UnsupportedNodeException("it is in training mode");
        }

        var rate = node.HasInput(1) ? (float)constants.Scalar(Constant(node, 1, "ratio")) : node.Float("ratio", 0.5f);
        Emit(node, new DropoutOp(rate), Data(node, 0));
        if (node.Outputs.Count > 1)
        {
            SetValue(node, new OnnxBlocked(names[node], "Dropout mask", node.Title), 1);
        }
    }

    private void BatchNormalization(OnnxNode node)
    {
        var input = Data(node, 0);
        if (node.Int("training_mode", 0) != 0 || (model.Opset < 7 && node.Int("is_test", 0) == 0))
        {
            throw new UnsupportedNodeException("batch statistics are not supported: it is in training mode");
        }

        if (input.BatchAxis != 0 || input.Rank is not (2 or 4))
        {
            throw new UnsupportedNodeException(
                $"its input has rank {input.Rank}; (batch, channels) with or without (height, width) is supported");
        }

        input = SeenAs(input, input.PlainAxes, names[node]);
        var epsilon = node.Float("epsilon", 1e-5f);
        if (epsilon < 0)
        {
            throw new ModelFormatException($"its epsilon is {epsilon}");
        }

        LayerWeight[] weights = [Vector(1, "gamma"), Vector(2, "beta"), Vector(3, "moving_mean"), Vector(4, "moving_variance")];
        Emit(node, new BatchNormalizationOp(epsilon), input, weights);

        LayerWeight Vector(int index, string role)
        {
            var constant = Constant(node, index, role);
            return new LayerWeight(role, constants.Key(constant), constant.Dims, WeightLayout.Plain);
        }
    }

    /// <summary>
    /// One operation over two inputs; or over more of them from left to right, or over one, as Sum, Max and Min allow.
    /// </summary>
    private void Binary(OnnxNode node, BinaryKind kind)
    {
        if (node.Inputs.Count == 1)
        {
            View(node, Data(node, 0));
            return;
        }

        var (layer, data, source) = ("", (OnnxData?)null, Value(node, 0));
        for (var i = 1; i < node.Inputs.Count; i++)
        {
            var last = i == node.Inputs.Count - 1;
            var name = last ? names[node] : Auxiliary(names[node], "part");
            var (op, before, weights, axes) = Combined(node, kind, data ?? source, Value(node, i));
            layer = builder.Add(name, op, before, weights, last ? SourceNames(node, 0) : []);
            data = new OnnxData(layer, axes);
        }

        SetValue(node, data!);
    }

    private (BinaryOp Op, string[] Before, LayerWeight[] Weights, int[] Axes) Combined(
        OnnxNode node, BinaryKind kind, OnnxValue first, OnnxValue second)
    {
        switch (first, second)
        {
            case (OnnxData left, OnnxData right):
                // Broadcasting aligns ONNX' last axes, so equal ranks are needed for the views to line up.
                if (left.Rank != right.Rank)
                {
                    throw new UnsupportedNodeException($"its inputs have ranks {left.Rank} and {right.Rank}");
                }

                right = SeenAs(right, left.Axes, names[node]);
                return (new BinaryOp(kind), [left.Layer, right.Layer], [], left.Axes);
            case (OnnxData left, OnnxConst right):
                return (new BinaryOp(kind), [left.Layer], [Broadcastable(Aligned(node, right, left), left)], left.Axes);
            case (OnnxConst left, OnnxData right):
                return (new BinaryOp(kind, ConstantFirst: true), [right.Layer], [Broadcastable(left, right)], right.Axes);
            default:
                throw new UnsupportedNodeException("its operands are not supported");
        }
    }

    /// <summary>
    /// Before opset 7 an attribute says which axis the constant's first one goes with; since then the last ones go together.
    /// </summary>
    private OnnxConst Aligned(OnnxNode node, OnnxConst constant, OnnxData data)
    {
        if (model.Opset >= 7 || !node.Attributes.ContainsKey("axis"))
        {
            return constant;
        }

        var behind = data.Rank - OnnxShapes.Axis(node.Int("axis", 0), data.Rank) - constant.Dims.Length;
        return behind >= 0
            ? constant with { Dims = [.. constant.Dims, .. Enumerable.Repeat(1, behind)] }
            : throw new ModelFormatException("its constant reaches beyond its input's last axis");
    }

    private void Mean(OnnxNode node)
    {
        if (node.Inputs.Count == 1)
        {
            View(node, Data(node, 0));
            return;
        }

        var value = Value(node, 0);
        for (var i = 1; i < node.Inputs.Count; i++)
        {
            var (op, before, weights, axes) = Combined(node, BinaryKind.Add, value, Value(node, i));
            value = new OnnxData(builder.Add(Auxiliary(names[node], "sum"), op, before, weights), axes);
        }

        Emit(node, new BinaryOp(BinaryKind.Divide), (OnnxData)value, Number($"{node.Outputs[0]}/count", node.Inputs.Count));
    }

    private void Reciprocal(OnnxNode node) =>
        Emit(node, new BinaryOp(BinaryKind.Divide, ConstantFirst: true), Data(node, 0), Number($"{node.Outputs[0]}/one", 1));

    /// <summary>
    /// The constant with extents in the sample's canonical axis order; its values are reordered only where they must be.
    /// </summary>
    private LayerWeight Broadcastable(OnnxConst constant, OnnxData data)
    {
        if (constant.Dims.Length == 0)
        {
            return new LayerWeight("constant", constants.Key(constant), [], WeightLayout.Plain);
        }

        if (constant.Dims.Length > data.Rank)
        {
            throw new UnsupportedNodeException(
                $"its constant of rank {constant.Dims.Length} outranks its input of rank {data.Rank}");
        }

        int[] dims = [.. Enumerable.Repeat(1, data.Rank - constant.Dims.Length), .. constant.Dims];
        var batch = data.BatchAxis;
        if (batch >= 0 && dims[batch] != 1)
        {
            throw new UnsupportedNodeException("its constant varies over the batch");
        }

        // The batch axis has extent 1, so it may stand first without moving a value.
        int[] sample = [.. Enumerable.Range(0, data.Axes.Max() + 1).Select(axis => Array.IndexOf(data.Axes, axis))];
        var moved = constants.Permuted(constant, dims, batch >= 0 ? [batch, .. sample] : sample);
        int[] canonical = batch >= 0 ? moved.Dims[1..] : moved.Dims;
        HoldsSpatialExtents |= canonical is [_, > 1, _] or [_, _, > 1];
        return new LayerWeight("constant", constants.Key(moved), canonical, WeightLayout.Plain);
    }
}
