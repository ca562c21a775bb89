using CnnViz.Models;
using static TorchSharp.torch;

namespace CnnViz.Engine.Torch;

/// <summary>Pooling. What torch's pools do not take (uneven or wide padding, dilated means) is padded by hand.</summary>
internal static partial class LayerFunctions
{
    private static LayerFunction MaxPool(Pool2DOp op, LayerContext context)
    {
        long[] window = [op.Window.Height, op.Window.Width];
        long[] stride = [op.Stride.Height, op.Stride.Width];
        long[] dilation = [op.Dilation?.Height ?? 1, op.Dilation?.Width ?? 1];
        if (FitsPool(op))
        {
            long[] padding = [op.Padding.Top, op.Padding.Left];
            return x => nn.functional.max_pool2d(x[0], window, stride, padding, dilation, op.CeilMode);
        }

        var padded = WithReach(op, op.Padding, context.Input);
        return x => nn.functional.max_pool2d(Pad(x[0], padded, double.NegativeInfinity), window, stride, dilation: dilation);
    }

    private static LayerFunction AveragePool(Pool2DOp op, LayerContext context)
    {
        long[] window = [op.Window.Height, op.Window.Width];
        long[] stride = [op.Stride.Height, op.Stride.Width];
        var dilated = op.Dilation is { } dilation && dilation != Size2D.One;
        if (!dilated && FitsPool(op))
        {
            long[] padding = [op.Padding.Top, op.Padding.Left];
            return x => nn.functional.avg_pool2d(x[0], window, stride, padding, op.CeilMode, op.CountPadding);
        }

        // Padded by hand, a window's mean comes out short by the share of its cells that count.
        Func<Tensor, Tensor> mean = dilated ? DilatedMean(op, context) : x => nn.functional.avg_pool2d(x, window, stride);
        var map = ones([1, context.Input.Channels, context.Input.Height, context.Input.Width], device: context.Device);
        var counted = Pad(map, op.Padding, op.CountPadding ? 1 : 0);
        var share = mean(Pad(counted, WithReach(op, Padding2D.None, context.Input), 0)).narrow(1, 0, 1).contiguous();
        var divisor = context.Own(share);
        var padded = WithReach(op, op.Padding, context.Input);
        return x => mean(Pad(x[0], padded, 0)) / divisor;
    }

    private static LayerFunction GlobalPool(GlobalPool2DOp op) => op.Kind == PoolKind.Max
        ? x => x[0].amax([2, 3], op.KeepDims)
        : x => x[0].mean([2, 3], op.KeepDims);

    /// <summary>The mean of windows with gaps, as a depthwise convolution.</summary>
    private static Func<Tensor, Tensor> DilatedMean(Pool2DOp op, LayerContext context)
    {
        var channels = context.Input.Channels;
        long[] stride = [op.Stride.Height, op.Stride.Width];
        long[] dilation = [op.Dilation!.Value.Height, op.Dilation.Value.Width];
        var equal = ones([channels, 1, op.Window.Height, op.Window.Width], device: context.Device);
        var kernel = context.Own(equal * (1.0 / ((double)op.Window.Height * op.Window.Width)));
        return x => nn.functional.conv2d(x, kernel, null, stride, [0, 0], dilation, channels);
    }

    /// <summary>A padding and the cells that the last windows reach behind the op's own.</summary>
    private static Padding2D WithReach(Pool2DOp op, Padding2D padding, TensorShape input) => padding with
    {
        Bottom = checked((int)(padding.Bottom + op.Rows(input.Height).Beyond)),
        Right = checked((int)(padding.Right + op.Columns(input.Width).Beyond)),
    };

    /// <summary>Whether torch's pools take the padding: equal on opposite sides and at most half the window.</summary>
    private static bool FitsPool(Pool2DOp op)
        => IsSymmetric(op.Padding) && op.Padding.Top <= op.Window.Height / 2 && op.Padding.Left <= op.Window.Width / 2;
}
