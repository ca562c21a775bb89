using System.Collections.Immutable;

namespace CnnViz.Models;

/// <summary>
/// The shape of one sample's tensor, without the batch axis. Feature maps are rank 3, always (channels, height, width);
/// a dense layer's output is rank 1, (features). Axes in this library count from the sample's first axis, so a feature map's
/// channel axis is 0.
/// </summary>
public readonly struct TensorShape : IEquatable<TensorShape>
{
    private readonly ImmutableArray<int> _dims;

    /// <param name="dims">Extents, each at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An extent is below 1.</exception>
    public TensorShape(params ReadOnlySpan<int> dims)
    {
        foreach (var dim in dims)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(dim, 1, nameof(dims));
        }

        _dims = [.. dims];
    }

    public ImmutableArray<int> Dims => _dims.IsDefault ? [] : _dims;

    public int Rank => Dims.Length;

    public int this[int axis] => Dims[axis];

    /// <summary>Number of elements of one sample.</summary>
    public long ElementCount
    {
        get
        {
            long count = 1;
            foreach (var dim in Dims)
            {
                count = checked(count * dim);
            }

            return count;
        }
    }

    /// <summary>True for a feature map: (channels, height, width).</summary>
    public bool IsFeatureMap => Rank == 3;

    /// <summary>Feature maps: number of channels. Other ranks: the extent of the first axis.</summary>
    public int Channels => Dims[0];

    /// <summary>Feature maps: height in pixels; 1 for other ranks.</summary>
    public int Height => IsFeatureMap ? Dims[1] : 1;

    /// <summary>Feature maps: width in pixels; 1 for other ranks.</summary>
    public int Width => IsFeatureMap ? Dims[2] : 1;

    public static bool operator ==(TensorShape left, TensorShape right) => left.Equals(right);

    public static bool operator !=(TensorShape left, TensorShape right) => !left.Equals(right);

    public bool Equals(TensorShape other) => Dims.AsSpan().SequenceEqual(other.Dims.AsSpan());

    public override bool Equals(object? obj) => obj is TensorShape other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var dim in Dims)
        {
            hash.Add(dim);
        }

        return hash.ToHashCode();
    }

    /// <summary>For example "(64, 52, 52)".</summary>
    public override string ToString() => $"({string.Join(", ", Dims)})";
}
