namespace CnnViz.Models.Onnx;

/// <summary>Pooling, padding and resizing.</summary>
internal sealed partial class OnnxTranslator
{
    private void Pool(OnnxNode node, PoolKind kind)
    {
        var input = FeatureMap(node);
        var (height, width) = Pair(node, "kernel_shape", 1, (0, 0));
        if (height == 0)
        {
            throw new ModelFormatException("its kernel_shape is missing");
        }

        var (window, stride, dilation) = (new Size2D(height, width), Spatial(node, "strides"), Spatial(node, "dilations"));
        var reach = new Size2D(Reach(height, dilation.Height), Reach(width, dilation.Width));
        var padding = Padding(node, builder.ShapeOf(input.Layer), reach, stride);
        var counted = kind == PoolKind.Average && node.Int("count_include_pad", 0) != 0 && !padding.IsNone;
        var op = new Pool2DOp(
            kind, window, stride, padding, counted, node.Int("ceil_mode", 0) != 0, dilation == Size2D.One ? null : dilation);
        Emit(node, op, input);
        if (node.Outputs.Count > 1)
        {
            SetValue(node, new OnnxBlocked(names[node], $"{node.Op} indices", node.Title), 1);
        }
    }

    /// <summary>A mean over any axes, or a maximum over height and width.</summary>
    private void Reduce(OnnxNode node)
    {
        var input = Data(node, 0);
        var listed = Integers(node, "axes", 1);
        if (listed is null or [] && node.Int("noop_with_empty_axes", 0) != 0)
        {
            View(node, input);
            return;
        }

        var reduced = listed is null or []
            ? Enumerable.Range(0, input.Rank)
            : listed.Select(axis => OnnxShapes.Axis(axis, input.Rank));
        var over = reduced.ToHashSet();
        int[] axes = [.. over.Select(axis => input.Axes[axis]).Order()];
        if (axes[0] == OnnxData.Batch)
        {
            throw new UnsupportedNodeException("it reduces the batch");
        }

        var keep = node.Int("keepdims", 1) != 0;
        var spatial = input.Rank == 4 && axes is [1, 2];
        if (node.Op == "ReduceMax" && !spatial)
        {
            throw new UnsupportedNodeException("a maximum is supported over height and width together only");
        }

        LayerOp op = spatial
            ? new GlobalPool2DOp(node.Op == "ReduceMax" ? PoolKind.Max : PoolKind.Average, keep)
            : new ReduceMeanOp(keep, axes);

        // Without the reduced axes the numbers of those behind them close up.
        int[] view = keep
            ? input.Axes
            : [.. input.Axes.Where(axis => !axes.Contains(axis))
                .Select(axis => axis == OnnxData.Batch ? axis : axis - axes.Count(gone => gone < axis))];
        Emit(node, op, [input.Layer], view);
    }

    private void Pad(OnnxNode node)
    {
        var input = Data(node, 0);
        var pads = Integers(node, "pads", 1) ?? node.Ints("paddings") ?? throw new ModelFormatException("its pads are missing");
        var over = node.HasInput(3) ? constants.Integers(Constant(node, 3, "axes")) : [.. Enumerable.Range(0, input.Rank)];
        if (pads.Length != 2 * over.Length)
        {
            throw new ModelFormatException($"it has {pads.Length} pads for {over.Length} axes");
        }

        var sides = new int[6];
        for (var i = 0; i < over.Length; i++)
        {
            var axis = input.Axes[OnnxShapes.Axis(over[i], input.Rank)];
            var (before, after) = (pads[i], pads[i + over.Length]);
            if ((before, after) == (0, 0))
            {
                continue;
            }

            if (axis is not (1 or 2) || builder.ShapeOf(input.Layer).Rank != 3 || before < 0 || after < 0)
            {
                throw new UnsupportedNodeException(
                    "only heights and widths of feature maps can be padded, by no negative number");
            }

            (sides[2 * axis], sides[(2 * axis) + 1]) = (before, after);
        }

        var value = node.HasInput(2)
            ? (float)constants.Scalar(Constant(node, 2, "value"))
            : node.Attributes.GetValueOrDefault("value")?.Float ?? 0;
        var mode = node.Text("mode") switch
        {
            null or "constant" => PadMode.Constant,
            "reflect" => PadMode.Reflect,
            "edge" => PadMode.Edge,
            _ => throw new UnsupportedNodeException("only constant, reflect and edge padding are supported"),
        };
        if (float.IsNaN(value))
        {
            throw new ModelFormatException("its padding value is not a number");
        }

        Emit(node, new Pad2DOp(new Padding2D(sides[2], sides[3], sides[4], sides[5]), mode == PadMode.Constant ? value : 0, mode), input);
    }

    private void Resize(OnnxNode node)
    {
        var input = FeatureMap(node);
        var kind = node.Text("mode") switch
        {
            null or "nearest" => ResizeKind.Nearest,
            "linear" or "bilinear" => ResizeKind.Bilinear,
            "cubic" when node.Float("cubic_coeff_a", -0.75f) == -0.75f && node.Int("exclude_outside", 0) == 0 =>
                ResizeKind.Bicubic,
            var mode => throw new UnsupportedNodeException($"its mode {mode} is not supported in this form"),
        };
        if (node.Int("antialias", 0) != 0)
        {
            throw new UnsupportedNodeException("resizing with antialiasing is not supported");
        }

        var (height, width) = Scales(node, input);
        var rounding = kind == ResizeKind.Nearest ? Rounding(node) : NearestRounding.Usual;
        Emit(node, new ResizeOp(kind, height, width, Coordinates(node), rounding), input);
    }

    private ResizeCoordinates Coordinates(OnnxNode node) => node.Op == "Upsample" || model.Opset < 11
        ? ResizeCoordinates.Asymmetric
        : node.Text("coordinate_transformation_mode") switch
        {
            null or "half_pixel" => ResizeCoordinates.HalfPixel,
            "pytorch_half_pixel" => ResizeCoordinates.TorchHalfPixel,
            "align_corners" => ResizeCoordinates.AlignCorners,
            "asymmetric" => ResizeCoordinates.Asymmetric,
            var mode => throw new UnsupportedNodeException($"its coordinates {mode} are not supported"),
        };

    private NearestRounding Rounding(OnnxNode node) => node.Op == "Upsample" || model.Opset < 11
        ? NearestRounding.Floor
        : node.Text("nearest_mode") switch
        {
            null or "round_prefer_floor" => NearestRounding.PreferFloor,
            "round_prefer_ceil" => NearestRounding.PreferCeiling,
            "floor" => NearestRounding.Floor,
            "ceil" => NearestRounding.Ceiling,
            var mode => throw new UnsupportedNodeException($"its nearest_mode {mode} is not supported"),
        };

    private (double Height, double Width) Scales(OnnxNode node, OnnxData input)
    {
        var at = model.Opset < 11 ? 1 : 2;
        var listed = node.Attributes.TryGetValue("scales", out var attribute)
            ? [.. attribute.Floats.Select(scale => (double)scale)]
            : node.Op == "Upsample" || node.HasInput(at) ? constants.Values(Constant(node, at, "scales")) : [];
        if (listed.Length > 0)
        {
            return Values(listed) is (1, 1, var height, var width) && height > 0 && width > 0 && double.IsFinite(height + width)
                ? (height, width)
                : throw new UnsupportedNodeException($"it scales by ({string.Join(", ", listed.Take(8))})");
        }

        if (node.Attributes.ContainsKey("keep_aspect_ratio_policy") && node.Text("keep_aspect_ratio_policy") != "stretch")
        {
            throw new UnsupportedNodeException("only resizing that stretches is supported");
        }

        var sizes = Values(constants.Values(Constant(node, 3, "sizes")));
        var shape = builder.ShapeOf(input.Layer);
        var fits = sizes.Item2 == shape.Channels
            && sizes.Item3 is >= 1 and <= ModelLimits.MaxInputExtent
            && sizes.Item4 is >= 1 and <= ModelLimits.MaxInputExtent;
        return fits
            ? (Factor(shape.Height, (int)sizes.Item3), Factor(shape.Width, (int)sizes.Item4))
            : throw new UnsupportedNodeException($"it resizes {shape} to {sizes}");

        // In opset 18 the values may be given for some axes only.
        (double, double, double, double) Values(double[] values)
        {
            int[] over = node.Ints("axes") ?? [.. Enumerable.Range(0, values.Length)];
            double[] all = [1, 1, 1, 1];
            if (node.Ints("axes") is not null && listed.Length == 0)
            {
                all[1] = builder.ShapeOf(input.Layer).Channels;
            }

            for (var i = 0; i < values.Length; i++)
            {
                all[OnnxShapes.Axis(i < over.Length ? over[i] : -1, 4)] = values.Length == over.Length && values.Length <= 4
                    ? values[i]
                    : throw new ModelFormatException($"it has {values.Length} scales or sizes");
            }

            return (all[0], all[1], all[2], all[3]);
        }
    }

    /// <summary>The scale whose product with the extent, rounded down, is exactly the wanted extent.</summary>
    private static double Factor(int from, int to)
    {
        var factor = (double)to / from;
        while (Math.Floor(from * factor) < to)
        {
            factor = Math.BitIncrement(factor);
        }

        return factor;
    }

    private static Size2D Spatial(OnnxNode node, string attribute)
    {
        var (height, width) = Pair(node, attribute, 1, (1, 1));
        return new Size2D(height, width);
    }

    /// <summary>An attribute with one value each for height and width.</summary>
    private static (int Height, int Width) Pair(OnnxNode node, string attribute, int least, (int Height, int Width) fallback)
    {
        var values = node.Ints(attribute);
        if (values is { Length: 1 or 3 })
        {
            throw new UnsupportedNodeException("only two-dimensional windows are supported");
        }

        return values switch
        {
            null or [] => fallback,
            [var height, var width] when Math.Min(height, width) >= least
                && Math.Max(height, width) <= ModelLimits.MaxInputExtent =>
                (height, width),
            _ => throw new ModelFormatException($"its {attribute} are ({string.Join(", ", values.Take(8))})"),
        };
    }

    private Padding2D Padding(OnnxNode node, TensorShape input, Size2D window, Size2D stride)
    {
        switch (node.Text("auto_pad"))
        {
            case "VALID":
                return Padding2D.None;
            case "SAME_UPPER" or "SAME_LOWER":
                HoldsSamePadding |= stride != Size2D.One;
                var upper = node.Text("auto_pad") == "SAME_UPPER";
                var (top, bottom) = Same(input.Height, window.Height, stride.Height, upper);
                var (left, right) = Same(input.Width, window.Width, stride.Width, upper);
                return new Padding2D(top, bottom, left, right);
            case null or "" or "NOTSET":
                return node.Ints("pads") switch
                {
                    null or [] => Padding2D.None,
                    [var t, var l, var b, var r] when Math.Min(Math.Min(t, l), Math.Min(b, r)) >= 0 => new Padding2D(t, b, l, r),
                    { Length: 4 } => throw new UnsupportedNodeException("it pads by a negative number"),
                    var pads => throw new ModelFormatException($"its pads are ({string.Join(", ", pads.Take(8))})"),
                };
            default:
                throw new ModelFormatException("its auto_pad is none of NOTSET, VALID, SAME_UPPER and SAME_LOWER");
        }
    }

    /// <summary>
    /// As many positions as ceil(extent / stride); of an odd padding the larger half comes last, or first for SAME_LOWER.
    /// </summary>
    private static (int Before, int After) Same(int extent, int window, int stride, bool upper)
    {
        var positions = (extent + stride - 1L) / stride;
        var total = (int)Math.Clamp(((positions - 1) * stride) + window - extent, 0, int.MaxValue);
        return upper ? (total / 2, total - (total / 2)) : (total - (total / 2), total / 2);
    }
}
