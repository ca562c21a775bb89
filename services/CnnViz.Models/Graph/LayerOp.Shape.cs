namespace CnnViz.Models;

/// <summary>Joins its inputs along an axis of the sample (0 = channels).</summary>
public sealed record ConcatenateOp(int Axis = 0) : LayerOp
{
    public override string ClassName => "Concatenate";
}

/// <summary>
/// <paramref name="Length"/> (at least 1) indices of one axis of the sample: <paramref name="Start"/>, Start + Step, ..., all
/// within the axis. A negative <paramref name="Step"/> runs backwards; it is not 0.
/// </summary>
public sealed record SliceOp(int Axis, int Start, int Length, int Step = 1) : LayerOp
{
    public override string ClassName => "Slice";
}

/// <summary>
/// New extents in row-major order over the sample; 0 keeps the input's extent on that axis, -1 (once) takes the rest.
/// </summary>
public sealed record ReshapeOp(params int[] Dims) : LayerOp
{
    public override string ClassName => "Reshape";

    public bool Equals(ReshapeOp? other) => other is not null && Dims.AsSpan().SequenceEqual(other.Dims);

    public override int GetHashCode() => Dims.Aggregate(17, HashCode.Combine);
}

/// <summary>Reorders the sample's axes: output axis i is input axis <paramref name="Permutation"/>[i].</summary>
public sealed record TransposeOp(params int[] Permutation) : LayerOp
{
    public override string ClassName => "Permute";

    public bool Equals(TransposeOp? other) => other is not null && Permutation.AsSpan().SequenceEqual(other.Permutation);

    public override int GetHashCode() => Permutation.Aggregate(17, HashCode.Combine);
}

/// <summary>
/// To rank 1. <paramref name="ChannelsLast"/> flattens a feature map in (height, width, channels) order, as Keras does, so
/// that a following Dense kernel's rows match.
/// </summary>
public sealed record FlattenOp(bool ChannelsLast) : LayerOp
{
    public override string ClassName => "Flatten";
}
