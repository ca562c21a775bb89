namespace CnnViz.Models.Onnx;

/// <summary>What an ONNX tensor is in the graph being built.</summary>
internal abstract record OnnxValue;

/// <summary>
/// A layer's output seen through ONNX' axis order. Axes[i] is the canonical sample axis that ONNX' axis i shows;
/// <see cref="Batch"/> for the batch axis, which a tensor of one unbatched sample lacks. An NHWC tensor over a canonical (C, H,
/// W) output has axes (batch, 1, 2, 0), so that a transposition between image formats is only another view of the same layer.
/// </summary>
internal sealed record OnnxData(string Layer, int[] Axes) : OnnxValue
{
    public const int Batch = -1;

    public static int[] Nhwc => [Batch, 1, 2, 0];

    public static int[] Nchw => [Batch, 0, 1, 2];

    public int Rank => Axes.Length;

    /// <summary>The axis that is the batch; -1 for an unbatched sample.</summary>
    public int BatchAxis => Array.IndexOf(Axes, Batch);

    /// <summary>The canonical order with the batch, if there is one, first.</summary>
    public int[] PlainAxes => BatchAxis >= 0 ? [Batch, .. Enumerable.Range(0, Rank - 1)] : [.. Enumerable.Range(0, Rank)];

    public bool Shows(int[] axes) => Axes.AsSpan().SequenceEqual(axes);
}

/// <summary>Something behind an op that is not supported.</summary>
/// <param name="Layer">The unsupported layer that stands for it.</param>
/// <param name="OpType">The op that is at fault, which may lie further up.</param>
/// <param name="Node">The node that is at fault.</param>
internal sealed record OnnxBlocked(string Layer, string OpType, string Node) : OnnxValue;

/// <summary>A constant: an initializer, a Constant node's value, or a small tensor computed while reading.</summary>
/// <param name="Name">The tensor that holds it.</param>
/// <param name="Dims">Extents; empty for a scalar.</param>
/// <param name="Whole">Whether its type is one of whole numbers.</param>
internal sealed record OnnxConst(string Name, int[] Dims, bool Whole) : OnnxValue
{
    /// <summary>The stored weight; null when it is none.</summary>
    public string? Key { get; init; }

    /// <summary>A tensor whose values still lie in the file; null for a weight or computed values.</summary>
    public OnnxTensor? Tensor { get; init; }

    /// <summary>The values when they are known.</summary>
    public double[]? Values { get; init; }

    public long Count => Dims.Aggregate(1L, (product, extent) => checked(product * extent));
}
