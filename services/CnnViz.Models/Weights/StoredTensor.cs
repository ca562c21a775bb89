namespace CnnViz.Models;

/// <summary>How a tensor's values lie in a file; multi-byte values are little-endian.</summary>
public enum StoredType
{
    Float32,

    /// <summary>Rounded to float32 when read.</summary>
    Float64,

    /// <summary>IEEE half precision.</summary>
    Float16,

    /// <summary>The upper half of a float32.</summary>
    BFloat16,

    /// <summary>Affine: value = stored * scale + minimum.</summary>
    UInt8,

    /// <summary>Affine: value = stored * scale + minimum.</summary>
    UInt16,

    Int32,

    /// <summary>One byte; 0 or 1.</summary>
    Bool,
}

/// <summary>Where one tensor lies within a <see cref="WeightStore"/>'s bytes and how to read it.</summary>
/// <param name="Key">The tensor's name.</param>
/// <param name="Shape">Extents, each at least 0; empty for a scalar.</param>
/// <param name="Type">The stored values' type.</param>
/// <param name="Offset">First byte.</param>
public sealed record StoredTensor(string Key, IReadOnlyList<int> Shape, StoredType Type, long Offset)
{
    /// <summary>Step of the affine types; 1 leaves integers as they are.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Value of a stored 0 in the affine types.</summary>
    public double Minimum { get; init; }

    /// <summary>True when affine values stand for integers: they are rounded to even after scaling.</summary>
    public bool Rounded { get; init; }

    /// <summary>Bytes per stored value.</summary>
    public int ElementSize => Type switch
    {
        StoredType.Float64 => 8,
        StoredType.Float32 or StoredType.Int32 => 4,
        StoredType.Float16 or StoredType.BFloat16 or StoredType.UInt16 => 2,
        _ => 1,
    };

    /// <exception cref="OverflowException">The extents' product does not fit.</exception>
    public long ElementCount => Shape.Aggregate(1L, (product, extent) => checked(product * extent));

    /// <exception cref="OverflowException">The size does not fit.</exception>
    public long ByteLength => checked(ElementCount * ElementSize);
}
