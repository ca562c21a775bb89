namespace CnnViz.Models.Keras;

/// <summary>Layers with kernels.</summary>
internal sealed partial class KerasTranslator
{
    private void Convolution(string name, KerasAttributes attributes, string input)
    {
        var shape = Map(attributes, input);
        _builder.Conv2D(
            name,
            attributes.Int("filters"),
            attributes.Size("kernel_size"),
            attributes.Size("strides", Size2D.One),
            attributes.Padding(),
            Inner(attributes, shape),
            attributes.Bool("use_bias", absent: true),
            input,
            attributes.Size("dilation_rate", Size2D.One),
            attributes.Int("groups", 1));
    }

    private void Depthwise(string name, KerasAttributes attributes, string input)
    {
        var shape = Map(attributes, input);
        _builder.DepthwiseConv2D(
            name,
            attributes.Int("depth_multiplier", 1),
            attributes.Size("kernel_size"),
            attributes.Size("strides", Size2D.One),
            attributes.Padding(),
            Inner(attributes, shape),
            attributes.Bool("use_bias", absent: true),
            input,
            attributes.Size("dilation_rate", Size2D.One));
    }

    /// <summary>A depthwise convolution, which has the strides, then one of 1x1, which has bias and activation.</summary>
    private void Separable(string name, KerasAttributes attributes, string input)
    {
        var shape = Map(attributes, input);
        var depthwise = $"{name}/depthwise";
        var (kernel, stride) = (attributes.Size("kernel_size"), attributes.Size("strides", Size2D.One));
        var dilation = attributes.Size("dilation_rate", Size2D.One);
        var multiplier = attributes.Int("depth_multiplier", 1);
        var dilated = new Size2D(((kernel.Height - 1) * dilation.Height) + 1, ((kernel.Width - 1) * dilation.Width) + 1);
        int[] extents = [kernel.Height, kernel.Width, shape.Channels, multiplier];
        _builder.Append(
            new Layer
            {
                Name = depthwise,
                Op = new Conv2DOp(stride, dilation, _builder.Pads(shape, dilated, stride, attributes.Padding()), shape.Channels)
                {
                    Depthwise = true,
                },
                Inputs = [input],
                Weights = [new("kernel", $"{depthwise}/kernel", extents, WeightLayout.Hwim)],
                PartOf = name,
            },
            "SeparableConv2D");
        _builder.Conv2D(
            name,
            attributes.Int("filters"),
            Size2D.One,
            activation: Inner(attributes, shape),
            bias: attributes.Bool("use_bias", absent: true),
            from: depthwise);
    }

    private void Transposed(string name, KerasAttributes attributes, string input)
    {
        var shape = Map(attributes, input);
        var (kernel, stride) = (attributes.Size("kernel_size"), attributes.Size("strides", Size2D.One));
        var dilation = attributes.Size("dilation_rate", Size2D.One);
        var filters = attributes.Int("filters");
        if (attributes.Int("groups", 1) != 1)
        {
            throw new UnsupportedNodeException("it has groups");
        }

        Size2D? extra = attributes.Get("output_padding") is null ? null : attributes.Size("output_padding");
        var same = attributes.Padding() == KerasPadding.Same;
        var rows = TransposedAxis.Of(shape.Height, kernel.Height, stride.Height, dilation.Height, extra?.Height, same);
        var columns = TransposedAxis.Of(shape.Width, kernel.Width, stride.Width, dilation.Width, extra?.Width, same);
        List<LayerWeight> weights =
            [new("kernel", $"{name}/kernel", [kernel.Height, kernel.Width, filters, shape.Channels], WeightLayout.Hwoi)];
        _builder.AddBias(weights, name, filters, attributes.Bool("use_bias", absent: true));
        var op = new ConvTranspose2DOp(
            stride, dilation, new Padding2D(rows.Before, rows.After, columns.Before, columns.After), rows.Extra, columns.Extra);
        _builder.AddActivated(name, op, input, weights, Inner(attributes, shape));
    }

    private void Dense(string name, KerasAttributes attributes, string input)
    {
        var shape = _builder.ShapeOf(input);
        var (units, bias) = (attributes.Int("units"), attributes.Bool("use_bias", absent: true));
        if (shape.Rank == 1)
        {
            _builder.Dense(name, units, Inner(attributes, shape), bias, input);
            return;
        }

        // Over the last axis, which is the channels of a channels-last map: a convolution of one cell in other words.
        var map = IsReordered(shape);
        var features = shape[LastAxis(shape)];
        List<LayerWeight> weights = [new("kernel", $"{name}/kernel", [features, units], WeightLayout.Plain)];
        _builder.AddBias(weights, name, units, bias);
        List<(LayerOp, LayerWeight[])> steps = [(new DenseOp(), [.. weights])];
        if (map)
        {
            steps = [(new TransposeOp(1, 2, 0), []), .. steps, (new TransposeOp(2, 0, 1), [])];
        }

        if (Inner(attributes, shape) is { } activation)
        {
            steps.Add((activation, []));
        }

        Chain(name, "Dense", input, steps);
    }

    private void BatchNormalization(string name, KerasAttributes attributes, string input)
    {
        var shape = _builder.ShapeOf(input);
        RequireChannelAxis(attributes, shape);
        if (attributes.Bool("renorm", absent: false))
        {
            throw new UnsupportedNodeException("it renormalizes batches");
        }

        _builder.BatchNormalization(
            name,
            attributes.Float("epsilon", 1e-3f),
            input,
            attributes.Bool("scale", absent: true),
            attributes.Bool("center", absent: true));
    }

    /// <exception cref="UnsupportedNodeException">The layer's axis is not the channels'.</exception>
    private void RequireChannelAxis(KerasAttributes attributes, TensorShape shape)
    {
        var axis = attributes.Get("axis") is { ValueKind: System.Text.Json.JsonValueKind.Array }
            ? attributes.Ints("axis") is [var only] ? only : throw new UnsupportedNodeException("it has several axes")
            : attributes.Int("axis", -1);
        if (Axis(axis, shape) != 0)
        {
            throw new UnsupportedNodeException("its axis is not that of the channels");
        }
    }
}
