namespace CnnViz.Models.TfJs;

/// <summary>Ops that work cell by cell.</summary>
internal sealed partial class TfTranslator
{
    private void Activation(NodeDef node, string name, string kind, TfData input, int alphaInput)
    {
        if (kind == "Prelu")
        {
            ParametricRelu(node, name, input, Constant(node, alphaInput, "slope"));
            return;
        }

        var op = kind switch
        {
            "Relu" => new ActivationOp(ActivationKind.Relu),
            "Relu6" => new ActivationOp(ActivationKind.Relu6),
            "LeakyRelu" => new ActivationOp(
                ActivationKind.LeakyRelu, node.Float(node.Op == "LeakyRelu" ? "alpha" : "leakyrelu_alpha", TensorFlowLeakyAlpha)),
            "Elu" => new ActivationOp(ActivationKind.Elu, 1),
            "Sigmoid" => new ActivationOp(ActivationKind.Sigmoid),
            "Tanh" => new ActivationOp(ActivationKind.Tanh),
            _ => throw new UnsupportedNodeException($"its fused op '{kind}' is not supported"),
        };
        if (!float.IsFinite(op.Alpha))
        {
            throw new ModelFormatException("its alpha is not finite");
        }

        SetValue(node, new TfData(builder.Add(name, op, [input.Layer], [], node.Name), input.Axes));
    }

    /// <summary>
    /// y = max(x, 0) + a min(x, 0). One slope for all channels is a LeakyReLU; slopes per channel are written as
    /// relu(x) - a relu(-x), which needs no op of its own.
    /// </summary>
    private void ParametricRelu(NodeDef node, string name, TfData input, TfConst alpha)
    {
        var slopes = constants.Values(alpha);
        if (slopes.Length > 0 && slopes.All(slope => slope == slopes[0]) && double.IsFinite(slopes[0]))
        {
            var leaky = new ActivationOp(ActivationKind.LeakyRelu, (float)slopes[0]);
            SetValue(node, new TfData(builder.Add(name, leaky, [input.Layer], [], node.Name), input.Axes));
            return;
        }

        var minusOne = new LayerWeight(
            "constant", constants.Key(new TfConst($"{node.Name}/minus_one", [], null, [-1])), [], WeightLayout.Plain);
        var negated = builder.Add(Auxiliary(name, "negated"), new BinaryOp(BinaryKind.Multiply), [input.Layer], [minusOne]);
        var relu = new ActivationOp(ActivationKind.Relu);
        var below = builder.Add(Auxiliary(name, "below"), relu, [negated], []);
        var scaled = builder.Add(
            Auxiliary(name, "scaled"), new BinaryOp(BinaryKind.Multiply), [below], [Broadcastable(alpha, alpha.Dims, input)]);
        var above = builder.Add(Auxiliary(name, "above"), relu, [input.Layer], []);
        SetValue(node, new TfData(builder.Add(name, new BinaryOp(BinaryKind.Subtract), [above, scaled], [], node.Name), input.Axes));
    }

    private void Softmax(NodeDef node)
    {
        var input = Data(node, 0);
        var axis = input.Axes[^1];
        if (axis == TfData.Batch)
        {
            throw new UnsupportedNodeException("a softmax over the batch is not supported");
        }

        Emit(node, new SoftmaxOp(axis), [input.Layer], [], input.Axes);
    }

    private void BatchNormalization(NodeDef node)
    {
        if (node.Bool("is_training"))
        {
            throw new UnsupportedNodeException("batch statistics are not supported: it is in training mode");
        }

        var axes = Format(node);
        var input = SeenAs(Data(node, 0), axes, names.Short(node.Name));
        LayerWeight[] weights = [Vector(1, "gamma"), Vector(2, "beta"), Vector(3, "moving_mean"), Vector(4, "moving_variance")];
        var epsilon = node.Float("epsilon", 1e-4f);
        if (!float.IsFinite(epsilon) || epsilon < 0)
        {
            throw new ModelFormatException($"its epsilon is {epsilon}");
        }

        Emit(node, new BatchNormalizationOp(epsilon), [input.Layer], weights, axes);

        LayerWeight Vector(int index, string role)
        {
            var constant = Constant(node, index, role);
            return new LayerWeight(role, constants.Key(constant), constant.Dims, WeightLayout.Plain);
        }
    }

    private void BiasAdd(NodeDef node)
    {
        var input = Data(node, 0);
        var bias = Constant(node, 1, "bias");
        var dims = Enumerable.Repeat(1, input.Rank).ToArray();
        var channelFirst = node.Text("data_format") == "NCHW";
        if (bias.Dims.Length != 1 || input.Rank < 2)
        {
            throw new ModelFormatException($"its bias has rank {bias.Dims.Length}, its input rank {input.Rank}");
        }

        dims[channelFirst ? 1 : ^1] = bias.Dims[0];
        Emit(node, new BinaryOp(BinaryKind.Add), [input.Layer], [Broadcastable(bias, dims, input)], input.Axes);
    }

    private void Binary(NodeDef node, BinaryKind kind)
    {
        switch (Value(node, 0), Value(node, 1))
        {
            case (TfData left, TfData right):
                // Broadcasting aligns TensorFlow's last axes, so equal ranks are needed for the views to line up.
                if (left.Rank != right.Rank)
                {
                    throw new UnsupportedNodeException($"its inputs have ranks {left.Rank} and {right.Rank}");
                }

                right = SeenAs(right, left.Axes, names.Short(node.Name));
                Emit(node, new BinaryOp(kind), [left.Layer, right.Layer], [], left.Axes);
                break;
            case (TfData left, TfConst right):
                Emit(node, new BinaryOp(kind), [left.Layer], [Broadcastable(right, right.Dims, left)], left.Axes);
                break;
            case (TfConst left, TfData right):
                Emit(node, new BinaryOp(kind, ConstantFirst: true), [right.Layer], [Broadcastable(left, left.Dims, right)], right.Axes);
                break;
            default:
                throw new UnsupportedNodeException("its operands are not supported");
        }
    }

    /// <summary>
    /// The constant with extents in the sample's canonical axis order; its values are reordered only where they must be.
    /// </summary>
    private LayerWeight Broadcastable(TfConst constant, int[] dims, TfData data)
    {
        if (dims.Length == 0)
        {
            return new LayerWeight("constant", constants.Key(constant), [], WeightLayout.Plain);
        }

        if (dims.Length > data.Rank)
        {
            throw new UnsupportedNodeException($"its constant of rank {dims.Length} outranks its input of rank {data.Rank}");
        }

        int[] padded = [.. Enumerable.Repeat(1, data.Rank - dims.Length), .. dims];
        var batch = Array.IndexOf(data.Axes, TfData.Batch);
        if (padded[batch] != 1)
        {
            throw new UnsupportedNodeException("its constant varies over the batch");
        }

        // The batch axis has extent 1, so it may stand first without moving a value.
        int[] order = [batch, .. Enumerable.Range(0, data.Rank - 1).Select(axis => Array.IndexOf(data.Axes, axis))];
        int[] canonical = [.. order.Skip(1).Select(axis => padded[axis])];
        var moving = order.Where(axis => padded[axis] != 1).ToArray();
        var inOrder = moving.SequenceEqual(moving.Order());
        var key = inOrder ? constants.Key(constant) : constants.Permuted(constant, padded, order);
        HoldsSpatialExtents |= canonical is [_, > 1, _] or [_, _, > 1];
        return new LayerWeight("constant", key, canonical, WeightLayout.Plain);
    }
}
