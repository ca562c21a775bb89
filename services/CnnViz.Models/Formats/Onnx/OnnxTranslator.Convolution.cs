namespace CnnViz.Models.Onnx;

/// <summary>Convolutions and matrix products.</summary>
internal sealed partial class OnnxTranslator
{
    private void Convolution(OnnxNode node)
    {
        var input = FeatureMap(node);
        var constant = Kernel(node);
        var kernel = new LayerWeight("kernel", constants.Key(constant), constant.Dims, WeightLayout.Oihw);
        var extents = KernelShape.Of(kernel);
        RequireKernelShape(node, extents);
        var (stride, dilation) = (Spatial(node, "strides"), Spatial(node, "dilations"));
        var window = new Size2D(Reach(extents.Height, dilation.Height), Reach(extents.Width, dilation.Width));
        var groups = node.Int("group", 1);
        var shape = builder.ShapeOf(input.Layer);
        var op = new Conv2DOp(stride, dilation, Padding(node, shape, window, stride), groups) { Depthwise = groups > 1 && groups == shape.Channels };
        Emit(node, op, input, WithBias(node, kernel));
    }

    private void TransposedConvolution(OnnxNode node)
    {
        var input = FeatureMap(node);
        var constant = Kernel(node);
        var kernel = new LayerWeight("kernel", constants.Key(constant), constant.Dims, WeightLayout.Iohw);
        var groups = node.Int("group", 1);
        var extents = KernelShape.OfTransposed(kernel, groups);
        RequireKernelShape(node, extents);
        var (stride, dilation) = (Spatial(node, "strides"), Spatial(node, "dilations"));
        var added = Pair(node, "output_padding", 0, (0, 0));
        var shape = builder.ShapeOf(input.Layer);
        var same = node.Text("auto_pad") is "SAME_UPPER" or "SAME_LOWER";
        var target = same ? (shape.Height * stride.Height, shape.Width * stride.Width) : Pair(node, "output_shape", 1, (0, 0));
        if (target == (0, 0))
        {
            var pads = Padding(node, shape, Size2D.One, Size2D.One);
            Emit(node, new ConvTranspose2DOp(stride, dilation, pads, added.Height, added.Width, groups), input, WithBias(node, kernel));
            return;
        }

        // The wanted output says how much of the full one is taken away, or by how much it is longer.
        HoldsSpatialExtents |= target != (shape.Height * stride.Height, shape.Width * stride.Width);
        var upper = node.Text("auto_pad") == "SAME_UPPER";
        var rows = Taken(shape.Height, stride.Height, Reach(extents.Height, dilation.Height), added.Height, target.Item1);
        var columns = Taken(shape.Width, stride.Width, Reach(extents.Width, dilation.Width), added.Width, target.Item2);
        var padding = new Padding2D(rows.Before, rows.After, columns.Before, columns.After);
        Emit(node, new ConvTranspose2DOp(stride, dilation, padding, rows.Added, columns.Added, groups), input, WithBias(node, kernel));

        (int Before, int After, int Added) Taken(int extent, int step, int reach, int extra, int wanted)
        {
            var total = ((extent - 1L) * step) + extra + reach - wanted;
            if (total < 0)
            {
                return (0, 0, (int)Math.Min(extra - total, ModelLimits.MaxSpatialAttribute));
            }

            var half = (int)Math.Min(total / 2, ModelLimits.MaxInputExtent);
            var rest = (int)Math.Min(total - half, ModelLimits.MaxInputExtent);
            return upper ? (half, rest, extra) : (rest, half, extra);
        }
    }

    private OnnxConst Kernel(OnnxNode node)
    {
        var kernel = Constant(node, 1, "kernel");
        return kernel.Dims.Length == 4
            ? kernel
            : throw new UnsupportedNodeException(
                $"its kernel has rank {kernel.Dims.Length}; only two-dimensional convolutions are supported");
    }

    private static void RequireKernelShape(OnnxNode node, KernelShape extents)
    {
        if (node.Ints("kernel_shape") is { } declared && !declared.SequenceEqual([extents.Height, extents.Width]))
        {
            throw new ModelFormatException(
                $"its kernel_shape ({string.Join(", ", declared.Take(8))}) is not its kernel's {extents.Height}x{extents.Width}");
        }
    }

    private LayerWeight[] WithBias(OnnxNode node, LayerWeight kernel)
    {
        if (!node.HasInput(2))
        {
            return [kernel];
        }

        var bias = Constant(node, 2, "bias");
        return [kernel, new LayerWeight("bias", constants.Key(bias), bias.Dims, WeightLayout.Plain)];
    }

    /// <summary>
    /// alpha A B + beta C with a constant B: a dense layer where alpha is 1 and C, if any, one value per feature.
    /// </summary>
    private void Gemm(OnnxNode node)
    {
        var input = Data(node, 0);
        var constant = Constant(node, 1, "matrix");
        if (input.Rank != 2 || input.Axes[^1] != 0 || constant.Dims.Length != 2 || node.Int("transA", 0) != 0)
        {
            throw new UnsupportedNodeException("only the product of (batch, features) and a matrix is supported");
        }

        var transposed = node.Int("transB", 0) != 0;
        var kernel = new LayerWeight(
            "kernel", constants.Key(constant), constant.Dims, transposed ? WeightLayout.OutIn : WeightLayout.Plain);
        var (alpha, beta) = (node.Float("alpha", 1), node.Float("beta", 1));
        var addend = node.HasInput(2) ? Constant(node, 2, "addend") : null;
        var features = transposed ? constant.Dims[0] : constant.Dims[1];
        var perFeature = addend is not null && addend.Count == features && addend.Dims[^1] == features;
        if (alpha == 1 && (addend is null || (beta == 1 && perFeature)))
        {
            LayerWeight[] weights = addend is null
                ? [kernel]
                : [kernel, new("bias", constants.Key(addend), [features], WeightLayout.Plain)];
            Emit(node, new DenseOp(), input, weights);
            return;
        }

        var name = names[node];
        var layer = builder.Add(Auxiliary(name, "product"), new DenseOp(), [input.Layer], [kernel]);
        if (alpha != 1)
        {
            layer = builder.Add(
                addend is null ? name : Auxiliary(name, "scaled"),
                new BinaryOp(BinaryKind.Multiply),
                [layer],
                [Number($"{node.Outputs[0]}/alpha", alpha)],
                addend is null ? SourceNames(node, 0) : []);
        }

        if (addend is null)
        {
            SetValue(node, new OnnxData(layer, input.Axes));
            return;
        }

        if (beta != 1)
        {
            double[] scaled = [.. constants.Values(addend).Select(value => value * beta)];
            addend = constants.Computed($"{node.Outputs[0]}/beta", addend.Dims, false, scaled);
        }

        var product = new OnnxData(layer, input.Axes);
        Emit(node, new BinaryOp(BinaryKind.Add), product, Broadcastable(addend, product));
    }

    private void MatrixProduct(OnnxNode node)
    {
        var input = Data(node, 0);
        var constant = Constant(node, 1, "matrix");
        if (input.Rank < 2 || constant.Dims.Length != 2)
        {
            throw new UnsupportedNodeException("only the product of a tensor and a constant matrix is supported");
        }

        var plain = SeenAs(input, input.PlainAxes, names[node]);
        Emit(node, new DenseOp(), plain, new LayerWeight("kernel", constants.Key(constant), constant.Dims, WeightLayout.Plain));
    }

    private LayerWeight Number(string name, double value) =>
        new("constant", constants.Key(constants.Computed(name, [], false, [value])), [], WeightLayout.Plain);

    private static int Reach(int kernel, int dilation)
    {
        var reach = ((kernel - 1L) * dilation) + 1;
        return reach <= ModelLimits.MaxInputExtent * 2L
            ? (int)reach
            : throw new ModelFormatException($"its dilated kernel reaches {reach} pixels");
    }
}
