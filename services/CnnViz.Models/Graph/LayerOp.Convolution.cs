namespace CnnViz.Models;

/// <summary>
/// Cross-correlation with weights "kernel" (canonical order out, in/groups, kh, kw) and optional "bias" (out). Zero padding.
/// Groups equal to the input channels make it depthwise.
/// </summary>
public sealed record Conv2DOp(Size2D Stride, Size2D Dilation, Padding2D Padding, int Groups = 1) : LayerOp
{
    /// <summary>True when the source calls it a depthwise convolution.</summary>
    public bool Depthwise { get; init; }

    public override string ClassName => Depthwise ? "DepthwiseConv2D" : "Conv2D";
}

/// <summary>
/// Transposed convolution, the gradient of <see cref="Conv2DOp"/> with respect to its input, with weights "kernel" (canonical
/// order in, out/groups, kh, kw) and optional "bias" (out). Output extents are (in - 1) stride + dilation (kernel - 1) + 1 +
/// output padding - padding.
/// </summary>
/// <param name="Stride">Output cells from one input cell to the next.</param>
/// <param name="Dilation">Output cells from one kernel cell to the next.</param>
/// <param name="Padding">Rows and columns taken away from the full output's sides.</param>
/// <param name="OutputPaddingHeight">Rows added at the bottom once the padding is gone: 0 or more, below stride or
/// dilation.</param>
/// <param name="OutputPaddingWidth">Columns added at the right likewise.</param>
/// <param name="Groups">Groups of channels that do not see each other; divides input and output channels.</param>
public sealed record ConvTranspose2DOp(
    Size2D Stride, Size2D Dilation, Padding2D Padding, int OutputPaddingHeight, int OutputPaddingWidth, int Groups = 1) : LayerOp
{
    public override string ClassName => "Conv2DTranspose";
}
