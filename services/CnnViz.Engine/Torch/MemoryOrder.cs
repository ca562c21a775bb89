using static TorchSharp.torch;

namespace CnnViz.Engine.Torch;

/// <summary>Order in memory of (batch, channels, height, width) tensors; their shape stays as it is.</summary>
internal static class MemoryOrder
{
    /// <summary>
    /// The same tensor with channels-last strides. TorchSharp has no memory-format argument; torch derives the format from the
    /// strides, and each op keeps its input's.
    /// </summary>
    public static Tensor ChannelsLast(Tensor x)
    {
        using var last = x.permute(0, 2, 3, 1);
        using var packed = last.contiguous();
        return packed.permute(0, 3, 1, 2);
    }
}
