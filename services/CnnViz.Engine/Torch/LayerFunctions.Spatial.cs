using CnnViz.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CnnViz.Engine.Torch;

/// <summary>Convolution, pooling and padding.</summary>
internal static partial class LayerFunctions
{
    private static LayerFunction Conv2D(Conv2DOp op, LayerContext context)
    {
        var kernel = context.Weights.Kernel(context.Layer);
        var bias = context.Weights.Vector(context.Layer, "bias");
        long[] stride = [op.Stride.Height, op.Stride.Width];
        long[] dilation = [op.Dilation.Height, op.Dilation.Width];
        if (!IsSymmetric(op.Padding))
        {
            return x => nn.functional.conv2d(Pad(x[0], op.Padding, 0), kernel, bias, stride, [0, 0], dilation, op.Groups);
        }

        long[] padding = [op.Padding.Top, op.Padding.Left];
        return x => nn.functional.conv2d(x[0], kernel, bias, stride, padding, dilation, op.Groups);
    }

    private static LayerFunction MaxPool(Pool2DOp op)
    {
        long[] window = [op.Window.Height, op.Window.Width];
        long[] stride = [op.Stride.Height, op.Stride.Width];
        if (!FitsPool(op))
        {
            return x => nn.functional.max_pool2d(Pad(x[0], op.Padding, double.NegativeInfinity), window, stride);
        }

        long[] padding = [op.Padding.Top, op.Padding.Left];
        return x => nn.functional.max_pool2d(x[0], window, stride, padding);
    }

    private static LayerFunction AveragePool(Pool2DOp op, LayerContext context)
    {
        long[] window = [op.Window.Height, op.Window.Width];
        long[] stride = [op.Stride.Height, op.Stride.Width];
        if (FitsPool(op))
        {
            long[] padding = [op.Padding.Top, op.Padding.Left];
            return x => nn.functional.avg_pool2d(x[0], window, stride, padding, count_include_pad: false);
        }

        // Padded by hand, a window's mean comes out short by the share of its cells that lie inside.
        using var inside = ones([1, 1, context.Input.Height, context.Input.Width], device: context.Device);
        using var padded = Pad(inside, op.Padding, 0);
        var share = context.Own(nn.functional.avg_pool2d(padded, window, stride));
        return x => nn.functional.avg_pool2d(Pad(x[0], op.Padding, 0), window, stride) / share;
    }

    private static LayerFunction GlobalPool(GlobalPool2DOp op) => op.Kind == PoolKind.Max
        ? x => x[0].amax([2, 3], op.KeepDims)
        : x => x[0].mean([2, 3], op.KeepDims);

    private static Tensor Pad(Tensor x, Padding2D padding, double value)
        => nn.functional.pad(x, [padding.Left, padding.Right, padding.Top, padding.Bottom], PaddingModes.Constant, value);

    private static bool IsSymmetric(Padding2D padding) => padding.Top == padding.Bottom && padding.Left == padding.Right;

    /// <summary>Whether torch's pools take the padding: equal on opposite sides and at most half the window.</summary>
    private static bool FitsPool(Pool2DOp op)
        => IsSymmetric(op.Padding) && op.Padding.Top <= op.Window.Height / 2 && op.Padding.Left <= op.Window.Width / 2;
}
