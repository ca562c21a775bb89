namespace CnnViz.Models.TfJs;

/// <summary>Convolutions, matrix products and pooling.</summary>
internal sealed partial class TfTranslator
{
    private const float TensorFlowLeakyAlpha = 0.2f;

    private void Convolution(NodeDef node, bool depthwise)
    {
        var axes = Format(node);
        var input = SeenAs(Data(node, 0), axes, names.Short(node.Name));
        var constant = Constant(node, 1, "kernel");
        var kernel = new LayerWeight(
            "kernel", constants.Key(constant), constant.Dims, depthwise ? WeightLayout.Hwim : WeightLayout.Hwio);
        var extents = KernelShape.Of(kernel);
        var shape = builder.ShapeOf(input.Layer);
        if (depthwise ? constant.Dims[2] != shape.Channels : shape.Channels % extents.InPerGroup != 0)
        {
            throw new ModelFormatException($"its kernel takes {constant.Dims[2]} channels; its input has {shape.Channels}");
        }

        var stride = Spatial(node, "strides", axes);
        var dilation = Spatial(node, "dilations", axes);
        var window = new Size2D(Dilated(extents.Height, dilation.Height), Dilated(extents.Width, dilation.Width));
        var groups = depthwise ? shape.Channels : shape.Channels / extents.InPerGroup;
        var op = new Conv2DOp(stride, dilation, Padding(node, axes, shape, window, stride), groups) { Depthwise = depthwise };
        EmitFused(node, op, input.Layer, kernel, axes);
    }

    private void MatrixProduct(NodeDef node)
    {
        var input = Data(node, 0);
        var constant = Constant(node, 1, "kernel");
        if (input.Rank != 2 || !input.IsPlain || node.Bool("transpose_a"))
        {
            throw new UnsupportedNodeException("only the product of (batch, features) and a matrix is supported");
        }

        var layout = node.Bool("transpose_b") ? WeightLayout.OutIn : WeightLayout.Plain;
        EmitFused(node, new DenseOp(), input.Layer, new LayerWeight("kernel", constants.Key(constant), constant.Dims, layout), input.Axes);
    }

    /// <summary>
    /// The op itself, named after the node; or, when an activation is fused, named before it, with the activation after it.
    /// </summary>
    private void EmitFused(NodeDef node, LayerOp op, string input, LayerWeight kernel, int[] axes)
    {
        var fused = node.Texts("fused_ops");
        var weights = new List<LayerWeight> { kernel };
        var next = 0;
        if (next < fused.Count && fused[next] == "BiasAdd")
        {
            var bias = Constant(node, 2, "bias");
            weights.Add(new LayerWeight("bias", constants.Key(bias), bias.Dims, WeightLayout.Plain));
            next++;
        }

        if (next == fused.Count || (next == fused.Count - 1 && fused[next] is "" or "Linear"))
        {
            Emit(node, op, [input], weights, axes);
            return;
        }

        if (next != fused.Count - 1)
        {
            throw new UnsupportedNodeException($"the fused ops {string.Join(" + ", fused)} are not supported");
        }

        var before = builder.Add(names.PreActivation(node.Name, builder.IsFree), op, [input], weights);
        Activation(node, names.Short(node.Name), fused[next], new TfData(before, axes), alphaInput: 3);
    }

    private void Pool(NodeDef node, PoolKind kind)
    {
        var axes = Format(node);
        var input = SeenAs(Data(node, 0), axes, names.Short(node.Name));
        var window = Spatial(node, "ksize", axes);
        var stride = Spatial(node, "strides", axes);
        var padding = Padding(node, axes, builder.ShapeOf(input.Layer), window, stride);
        Emit(node, new Pool2DOp(kind, window, stride, padding), [input.Layer], [], axes);
    }

    private void GlobalPool(NodeDef node, PoolKind kind)
    {
        var input = Data(node, 0);
        var over = constants.Integers(Constant(node, 1, "axis list"))
            .Select(axis => input.Axes[NormalizeAxis(axis, input.Rank)]).Distinct().Order();
        if (input.Rank != 4 || !over.SequenceEqual([1, 2]))
        {
            throw new UnsupportedNodeException("a reduction is supported over height and width together only");
        }

        var keep = node.Bool("keep_dims");
        Emit(node, new GlobalPool2DOp(kind, keep), [input.Layer], [], keep ? input.Axes : [.. input.Axes.Where(axis => axis is TfData.Batch or 0)]);
    }

    private static int[] Format(NodeDef node) => node.Text("data_format") switch
    {
        null or "" or "NHWC" => TfData.Nhwc,
        "NCHW" => TfData.Nchw,
        var format => throw new UnsupportedNodeException($"its data format {format} is not supported"),
    };

    /// <summary>The height and width entries of a per-axis attribute; its batch and channel entries must be 1.</summary>
    private static Size2D Spatial(NodeDef node, string attribute, int[] axes)
    {
        var values = node.Ints(attribute);
        if (values.Count == 0)
        {
            return Size2D.One;
        }

        if (values.Count != axes.Length || values.Any(value => value is < 1 or > ModelLimits.MaxSpatialAttribute))
        {
            throw new ModelFormatException($"its {attribute} are ({string.Join(", ", values.Take(8))})");
        }

        if (Enumerable.Range(0, axes.Length).Any(i => axes[i] < 1 && values[i] != 1))
        {
            throw new UnsupportedNodeException($"its {attribute} move along batch or channels");
        }

        return new Size2D(values[Array.IndexOf(axes, 1)], values[Array.IndexOf(axes, 2)]);
    }

    private Padding2D Padding(NodeDef node, int[] axes, TensorShape input, Size2D window, Size2D stride)
    {
        switch (node.Text("padding"))
        {
            case "VALID":
                return Padding2D.None;
            case "SAME":
                HoldsSamePadding |= stride != Size2D.One;
                var (top, bottom) = Same(input.Height, window.Height, stride.Height);
                var (left, right) = Same(input.Width, window.Width, stride.Width);
                return new Padding2D(top, bottom, left, right);
            case "EXPLICIT":
                var pads = node.Ints("explicit_paddings");
                if (pads.Count != 8 || pads.Any(pad => pad is < 0 or > ModelLimits.MaxSpatialAttribute))
                {
                    throw new ModelFormatException($"its explicit paddings are ({string.Join(", ", pads.Take(16))})");
                }

                var (h, w) = (2 * Array.IndexOf(axes, 1), 2 * Array.IndexOf(axes, 2));
                return new Padding2D(pads[h], pads[h + 1], pads[w], pads[w + 1]);
            default:
                throw new UnsupportedNodeException("its padding is neither VALID, SAME nor EXPLICIT");
        }
    }

    /// <summary>
    /// TensorFlow's rule: as many positions as ceil(extent / stride); of an odd padding the larger half comes last.
    /// </summary>
    private static (int Before, int After) Same(int extent, int window, int stride)
    {
        var positions = (extent + stride - 1) / stride;
        var total = Math.Max(((positions - 1) * stride) + window - extent, 0);
        return (total / 2, total - (total / 2));
    }

    private static int Dilated(int kernel, int dilation)
    {
        var reach = ((kernel - 1L) * dilation) + 1;
        return reach <= ModelLimits.MaxInputExtent * 2L
            ? (int)reach
            : throw new ModelFormatException($"its dilated kernel reaches {reach} pixels");
    }

    private static int NormalizeAxis(int axis, int rank)
    {
        var normalized = axis < 0 ? axis + rank : axis;
        return normalized >= 0 && normalized < rank
            ? normalized
            : throw new ModelFormatException($"axis {axis} does not exist at rank {rank}");
    }
}
