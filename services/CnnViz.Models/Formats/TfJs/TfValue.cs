namespace CnnViz.Models.TfJs;

/// <summary>What a TensorFlow tensor is in the graph being built.</summary>
internal abstract record TfValue;

/// <summary>
/// A layer's output seen through TensorFlow's axis order. Axes[i] is the canonical sample axis that TensorFlow's axis i shows;
/// <see cref="Batch"/> for the batch axis. An NHWC tensor over a canonical (C, H, W) output has axes (batch, 1, 2, 0), so that a
/// transposition between NHWC and NCHW is only another view of the same layer.
/// </summary>
internal sealed record TfData(string Layer, int[] Axes) : TfValue
{
    public const int Batch = -1;

    public static int[] Nhwc => [Batch, 1, 2, 0];

    public static int[] Nchw => [Batch, 0, 1, 2];

    /// <summary>TensorFlow's order is the canonical order, batch first.</summary>
    public static int[] Plain(int sampleRank) => [Batch, .. Enumerable.Range(0, sampleRank)];

    public int Rank => Axes.Length;

    public bool Shows(int[] axes) => Axes.AsSpan().SequenceEqual(axes);

    /// <summary>True when the batch comes first and the other axes stand in canonical order.</summary>
    public bool IsPlain => Shows(Plain(Rank - 1));
}

/// <summary>Something behind an op that is not supported.</summary>
/// <param name="Layer">The unsupported layer that stands for it.</param>
/// <param name="OpType">The op that is at fault, which may lie further up.</param>
/// <param name="Node">The node that is at fault.</param>
internal sealed record TfUnsupported(string Layer, string OpType, string Node) : TfValue;

/// <summary>A constant: a stored weight, or a small tensor computed while reading.</summary>
/// <param name="Name">The node that holds or computes it.</param>
/// <param name="Dims">TensorFlow's extents; empty for a scalar.</param>
/// <param name="Key">The stored weight; null when computed.</param>
/// <param name="Computed">The values when computed; null when stored.</param>
internal sealed record TfConst(string Name, int[] Dims, string? Key, double[]? Computed) : TfValue
{
    public long Count => Dims.Aggregate(1L, (product, extent) => checked(product * extent));
}
