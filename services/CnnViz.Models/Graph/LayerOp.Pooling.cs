namespace CnnViz.Models;

public enum PoolKind
{
    Max,

    /// <summary>Mean over the cells inside the feature map; padding counts only where the op says so.</summary>
    Average,
}

/// <summary>
/// Max or average pooling. Max pooling pads with minus infinity; a padding whose zeros take part is its own layer. Cells outside
/// the map and its padding, which <paramref name="CeilMode"/> lets a last window reach, never count.
/// </summary>
/// <param name="Kind">Maximum or mean.</param>
/// <param name="Window">Cells of the window.</param>
/// <param name="Stride">Cells from one window to the next.</param>
/// <param name="Padding">Cells around the map; no window may lie in them alone.</param>
/// <param name="CountPadding">Whether an average counts padding as zeros (count_include_pad of PyTorch and ONNX). Keras:
/// no.</param>
/// <param name="CeilMode">Whether the number of windows is rounded up rather than down. A last window that would start behind the
/// map is left out, as ONNX and PyTorch do.</param>
/// <param name="Dilation">Cells from one of a window's cells to the next; null is 1x1.</param>
public sealed record Pool2DOp(
    PoolKind Kind,
    Size2D Window,
    Size2D Stride,
    Padding2D Padding,
    bool CountPadding = false,
    bool CeilMode = false,
    Size2D? Dilation = null) : LayerOp
{
    public override string ClassName => Kind == PoolKind.Max ? "MaxPooling2D" : "AveragePooling2D";

    /// <summary>Where the windows lie along a map's rows.</summary>
    public PoolAxis Rows(int height) =>
        new(height, Window.Height, Stride.Height, Dilation?.Height ?? 1, Padding.Top, Padding.Bottom, CeilMode);

    /// <summary>Where the windows lie along a map's columns.</summary>
    public PoolAxis Columns(int width) =>
        new(width, Window.Width, Stride.Width, Dilation?.Width ?? 1, Padding.Left, Padding.Right, CeilMode);
}

/// <summary>
/// Spatial mean or maximum of each channel: (C, H, W) to (C), or to (C, 1, 1) with <paramref name="KeepDims"/>.
/// </summary>
public sealed record GlobalPool2DOp(PoolKind Kind, bool KeepDims) : LayerOp
{
    public override string ClassName => Kind == PoolKind.Max ? "GlobalMaxPooling2D" : "GlobalAveragePooling2D";
}

/// <summary>
/// The mean over some axes of the sample, at least one; negative axes count from the last. <paramref name="KeepDims"/> leaves
/// them with extent 1.
/// </summary>
public sealed record ReduceMeanOp(bool KeepDims, params int[] Axes) : LayerOp
{
    public override string ClassName => "ReduceMean";

    public bool Equals(ReduceMeanOp? other) =>
        other is not null && KeepDims == other.KeepDims && Axes.AsSpan().SequenceEqual(other.Axes);

    public override int GetHashCode() => Axes.Aggregate(KeepDims ? 17 : 19, HashCode.Combine);
}

public enum PadMode
{
    /// <summary>A constant.</summary>
    Constant,

    /// <summary>The map mirrored at its outermost cells, which are not repeated; paddings are below its extent.</summary>
    Reflect,

    /// <summary>The nearest cell of the map.</summary>
    Edge,
}

/// <summary>Spatial padding.</summary>
/// <param name="Padding">Cells added on each side.</param>
/// <param name="Value">What a constant padding adds: 0 for Keras' ZeroPadding2D, minus infinity before some max pools.</param>
/// <param name="Mode">Where the added cells' values come from.</param>
public sealed record Pad2DOp(Padding2D Padding, float Value = 0, PadMode Mode = PadMode.Constant) : LayerOp
{
    public override string ClassName => Mode == PadMode.Constant && Value == 0 ? "ZeroPadding2D" : "Pad2D";
}
