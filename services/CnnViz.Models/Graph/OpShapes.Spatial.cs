namespace CnnViz.Models;

/// <summary>Ops on feature maps.</summary>
internal static partial class OpShapes
{
    private static TensorShape Conv2D(Conv2DOp op, Layer layer, TensorShape input)
    {
        var kernel = KernelShape.Of(Required(layer, "kernel"));
        if (op.Groups < 1 || input.Channels % op.Groups != 0 || kernel.Out % op.Groups != 0)
        {
            throw new ModelFormatException(
                $"{op.Groups} groups do not divide {input.Channels} input and {kernel.Out} output channels");
        }

        if ((long)kernel.InPerGroup * op.Groups != input.Channels)
        {
            throw new ModelFormatException(
                $"its kernel takes {(long)kernel.InPerGroup * op.Groups} channels; the input has {input.Channels}");
        }

        RequireVector(layer, "bias", kernel.Out, optional: true);
        RequireSpatial(new Size2D(kernel.Height, kernel.Width), "kernel");
        RequireSpatial(op.Dilation, "dilation");
        var window = new Size2D(((kernel.Height - 1) * op.Dilation.Height) + 1, ((kernel.Width - 1) * op.Dilation.Width) + 1);
        return Slide(kernel.Out, input, window, op.Stride, op.Padding);
    }

    private static TensorShape ConvTranspose2D(ConvTranspose2DOp op, Layer layer, TensorShape input)
    {
        var kernel = KernelShape.OfTransposed(Required(layer, "kernel"), op.Groups);
        if ((long)kernel.InPerGroup * op.Groups != input.Channels)
        {
            throw new ModelFormatException(
                $"its kernel takes {(long)kernel.InPerGroup * op.Groups} channels; the input has {input.Channels}");
        }

        RequireVector(layer, "bias", kernel.Out, optional: true);
        RequireSpatial(new Size2D(kernel.Height, kernel.Width), "kernel");
        RequireSpatial(op.Stride, "stride");
        RequireSpatial(op.Dilation, "dilation");
        RequirePadding(op.Padding);
        RequireOutputPadding(op.OutputPaddingHeight, op.Stride.Height, op.Dilation.Height, "height");
        RequireOutputPadding(op.OutputPaddingWidth, op.Stride.Width, op.Dilation.Width, "width");
        var (stride, p) = (op.Stride, op.Padding);
        var height = ((input.Height - 1L) * stride.Height) + ((kernel.Height - 1L) * op.Dilation.Height) + 1;
        var width = ((input.Width - 1L) * stride.Width) + ((kernel.Width - 1L) * op.Dilation.Width) + 1;
        return new TensorShape(
            kernel.Out,
            Extent(height + op.OutputPaddingHeight - p.Top - p.Bottom, "height"),
            Extent(width + op.OutputPaddingWidth - p.Left - p.Right, "width"));
    }

    private static TensorShape GlobalPool2D(GlobalPool2DOp op, TensorShape input) =>
        op.KeepDims ? new TensorShape(input.Channels, 1, 1) : new TensorShape(input.Channels);

    private static TensorShape Pad2D(Pad2DOp op, TensorShape input)
    {
        var p = op.Padding;
        RequirePadding(p);
        if (op.Mode == PadMode.Reflect && (Math.Max(p.Top, p.Bottom) >= input.Height || Math.Max(p.Left, p.Right) >= input.Width))
        {
            throw new ModelFormatException("it mirrors more cells than there are beside the outermost");
        }

        return new TensorShape(
            input.Channels,
            Extent((long)input.Height + p.Top + p.Bottom, "height"),
            Extent((long)input.Width + p.Left + p.Right, "width"));
    }

    private static TensorShape Resize(ResizeOp op, TensorShape input) => new(
        input.Channels, Scale(input.Height, op.ScaleHeight, "height"), Scale(input.Width, op.ScaleWidth, "width"));

    private static int Scale(int extent, double scale, string what)
    {
        if (!double.IsFinite(scale) || scale <= 0)
        {
            throw new ModelFormatException($"the scale of its {what} is {scale}");
        }

        var scaled = Math.Floor(extent * scale);
        return scaled <= int.MaxValue
            ? Extent((long)scaled, what)
            : throw new ModelFormatException($"the output {what} would be {scaled}");
    }

    /// <summary>Where a window fits: floor((in + padding - window) / stride) + 1 per axis.</summary>
    private static TensorShape Slide(int channels, TensorShape input, Size2D window, Size2D stride, Padding2D padding)
    {
        RequireSpatial(stride, "stride");
        RequirePadding(padding);
        return new TensorShape(
            channels,
            Positions(input.Height, padding.Top + padding.Bottom, window.Height, stride.Height, "height"),
            Positions(input.Width, padding.Left + padding.Right, window.Width, stride.Width, "width"));
    }

    private static int Positions(int extent, int padding, int window, int stride, string what)
    {
        var free = (long)extent + padding - window;
        return free >= 0
            ? Extent((free / stride) + 1, what)
            : throw new ModelFormatException(
                $"its window of {window} does not fit the padded {what} of {(long)extent + padding}");
    }

    private static void RequireOutputPadding(int cells, int stride, int dilation, string what)
    {
        if (cells < 0 || cells >= Math.Max(stride, dilation))
        {
            throw new ModelFormatException(
                $"its output padding of {cells} in {what} is outside 0..{Math.Max(stride, dilation) - 1}");
        }
    }

    private static void RequireSpatial(Size2D size, string what)
    {
        if (size.Height is < 1 or > ModelLimits.MaxSpatialAttribute || size.Width is < 1 or > ModelLimits.MaxSpatialAttribute)
        {
            throw new ModelFormatException($"its {what} {size} is outside 1..{ModelLimits.MaxSpatialAttribute}");
        }
    }

    private static void RequirePadding(Padding2D padding)
    {
        ReadOnlySpan<int> sides = [padding.Top, padding.Bottom, padding.Left, padding.Right];
        foreach (var side in sides)
        {
            if (side is < 0 or > ModelLimits.MaxSpatialAttribute)
            {
                throw new ModelFormatException($"its padding of {side} is outside 0..{ModelLimits.MaxSpatialAttribute}");
            }
        }
    }
}
