using CnnViz.Models;
using static TorchSharp.torch;

namespace CnnViz.Engine.Torch;

/// <summary>Transposed convolution.</summary>
internal static partial class LayerFunctions
{
    private static LayerFunction ConvTranspose2D(ConvTranspose2DOp op, LayerContext context)
    {
        var kernel = context.Weights.TransposedKernel(context.Layer);
        var bias = context.Weights.Vector(context.Layer, "bias");
        if (IsTiling(op, kernel))
        {
            return Tiling(op, kernel, bias, context);
        }

        long[] stride = [op.Stride.Height, op.Stride.Width];
        long[] dilation = [op.Dilation.Height, op.Dilation.Width];
        long[] added = [op.OutputPaddingHeight, op.OutputPaddingWidth];

        // libtorch takes as much from both sides; what one side has more is cut off here.
        var p = op.Padding;
        long[] padding = [Math.Min(p.Top, p.Bottom), Math.Min(p.Left, p.Right)];
        if (IsSymmetric(p))
        {
            return x => nn.functional.conv_transpose2d(x[0], kernel, bias, stride, padding, added, dilation, op.Groups);
        }

        var (top, left, height, width) = (p.Top - padding[0], p.Left - padding[1], context.Output.Height, context.Output.Width);
        return x => nn.functional.conv_transpose2d(x[0], kernel, bias, stride, padding, added, dilation, op.Groups)
            .narrow(2, top, height).narrow(3, left, width);
    }

    /// <summary>Whether kernels lie side by side: each output cell then comes from one input cell.</summary>
    private static bool IsTiling(ConvTranspose2DOp op, Tensor kernel)
        => op is { OutputPaddingHeight: 0, OutputPaddingWidth: 0 } && op.Padding.IsNone && op.Dilation == Size2D.One
            && kernel.shape is [_, _, var height, var width] && height == op.Stride.Height && width == op.Stride.Width;

    /// <summary>
    /// A 1x1 convolution that makes each cell's whole tile, and the tiles laid out. libtorch transposes convolutions through the
    /// system's BLAS, which with Debian's default takes several times as long.
    /// </summary>
    private static LayerFunction Tiling(ConvTranspose2DOp op, Tensor kernel, Tensor? bias, LayerContext context)
    {
        var (rows, columns, groups) = ((long)op.Stride.Height, (long)op.Stride.Width, (long)op.Groups);
        var (channels, height, width) = ((long)context.Output.Channels, (long)context.Input.Height, (long)context.Input.Width);
        var perGroup = context.Input.Channels / groups;
        var perTile = kernel.reshape(groups, perGroup, -1).permute(0, 2, 1);
        var points = context.Own(perTile.reshape(channels * rows * columns, perGroup, 1, 1).contiguous());
        var shift = bias is null
            ? null
            : context.Own((bias.reshape(-1, 1) * ones([1, rows * columns], device: context.Device)).reshape(-1));
        return x => nn.functional.conv2d(x[0], points, shift, groups: groups)
            .reshape(-1, channels, rows, columns, height, width)
            .permute(0, 1, 4, 2, 5, 3)
            .reshape(-1, channels, height * rows, width * columns);
    }
}
