using CnnViz.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CnnViz.Engine.Torch;

/// <summary>Convolution and padding.</summary>
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

    private static LayerFunction Pad2D(Pad2DOp op)
    {
        var p = op.Padding;
        long[] sides = [p.Left, p.Right, p.Top, p.Bottom];
        return op.Mode switch
        {
            PadMode.Reflect => x => nn.functional.pad(x[0], sides, PaddingModes.Reflect),
            PadMode.Edge => x => nn.functional.pad(x[0], sides, PaddingModes.Replicate),
            _ => x => Pad(x[0], p, op.Value),
        };
    }

    private static Tensor Pad(Tensor x, Padding2D padding, double value)
        => nn.functional.pad(x, [padding.Left, padding.Right, padding.Top, padding.Bottom], PaddingModes.Constant, value);

    private static bool IsSymmetric(Padding2D padding) => padding.Top == padding.Bottom && padding.Left == padding.Right;
}
