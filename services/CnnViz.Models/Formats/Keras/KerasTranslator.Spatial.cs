namespace CnnViz.Models.Keras;

/// <summary>Pooling, padding, cropping and scaling of feature maps.</summary>
internal sealed partial class KerasTranslator
{
    private void Pooling(string name, PoolKind kind, KerasAttributes attributes, string input)
    {
        Map(attributes, input);
        var window = attributes.Size("pool_size", new Size2D(2, 2));
        _builder.Pooling2D(name, kind, window, attributes.Size("strides", window), attributes.Padding(), input);
    }

    private void GlobalPooling(string name, PoolKind kind, KerasAttributes attributes, string input)
    {
        Map(attributes, input);
        _builder.Add(name, new GlobalPool2DOp(kind, attributes.Bool("keepdims", absent: false)), input, []);
    }

    private void ZeroPadding(string name, KerasAttributes attributes, string input)
    {
        Map(attributes, input);
        var sides = attributes.Get("padding") is null ? Padding2D.Uniform(1) : attributes.Sides("padding");
        _builder.ZeroPadding2D(name, sides, input);
    }

    private void Cropping(string name, KerasAttributes attributes, string input)
    {
        var shape = Map(attributes, input);
        var sides = attributes.Sides("cropping");
        if (sides.Top < 0 || sides.Bottom < 0 || sides.Left < 0 || sides.Right < 0)
        {
            throw new ModelFormatException("it crops a negative number of cells");
        }

        List<(LayerOp, LayerWeight[])> steps = [];
        if (sides.Top > 0 || sides.Bottom > 0)
        {
            steps.Add((Kept(1, shape.Height, sides.Top, sides.Bottom), []));
        }

        if (sides.Left > 0 || sides.Right > 0)
        {
            steps.Add((Kept(2, shape.Width, sides.Left, sides.Right), []));
        }

        if (steps.Count > 0)
        {
            // What is left of a map is told in cells from its start, so it holds for one size.
            _builder.FixSize();
        }
        else
        {
            steps.Add((new ActivationOp(ActivationKind.Linear), []));
        }

        Chain(name, "Cropping2D", input, steps);
    }

    private static SliceOp Kept(int axis, int extent, int before, int after)
    {
        var left = (long)extent - before - after;
        return left >= 1
            ? new SliceOp(axis, before, (int)left)
            : throw new ModelFormatException($"it crops {(long)before + after} of {extent} cells");
    }

    private void UpSampling(string name, KerasAttributes attributes, string input)
    {
        Map(attributes, input);
        var kind = attributes.Text("interpolation") switch
        {
            null or "nearest" => ResizeKind.Nearest,
            "bilinear" => ResizeKind.Bilinear,
            var other => throw new UnsupportedNodeException($"its interpolation is '{KerasConfigReader.Shortened(other)}'"),
        };
        var factor = attributes.Size("size", new Size2D(2, 2));
        if (factor.Height is < 1 or > ModelLimits.MaxSpatialAttribute || factor.Width is < 1 or > ModelLimits.MaxSpatialAttribute)
        {
            throw new ModelFormatException($"its size {factor} is outside 1..{ModelLimits.MaxSpatialAttribute}");
        }

        _builder.UpSampling2D(name, factor, kind, input);
    }
}
