namespace CnnViz.Models.Hdf5;

/// <summary>A dataset: an array of numbers or strings. Values stay in the file until they are read.</summary>
public sealed class Hdf5Dataset
{
    private readonly DatasetStorage _storage;

    internal Hdf5Dataset(string path, DatasetStorage storage, Hdf5Attributes attributes) =>
        (Path, _storage, Attributes) = (path, storage, attributes);

    /// <summary>Names from the root, joined by '/'.</summary>
    public string Path { get; }

    /// <summary>Extents, row-major, each at least 0; empty for a scalar. A dataset without any dataspace has shape (0).</summary>
    public IReadOnlyList<int> Shape => _storage.Space.Extents;

    /// <summary>Product of <see cref="Shape"/>, at most <see cref="ModelLimits.MaxElements"/>.</summary>
    public long ElementCount => _storage.Space.ElementCount;

    public Hdf5ElementType ElementType => _storage.Type.ElementType;

    /// <summary>Bytes that the values take: stored as they are, or once inflated.</summary>
    public long DeclaredBytes => _storage.DeclaredBytes;

    /// <summary>True for the types that <see cref="ReadFloats"/> reads.</summary>
    public bool IsNumber => _storage.Type.IsNumber;

    /// <summary>
    /// First byte of the values within <see cref="Hdf5File.Source"/> when they lie there as they are: in one piece, unfiltered,
    /// row-major and in the file's byte order; else null.
    /// </summary>
    public long? ContiguousOffset => _storage.ContiguousOffset;

    /// <summary>The dataset's attributes.</summary>
    public Hdf5Attributes Attributes { get; }

    /// <summary>
    /// The values as an entry of a <see cref="WeightStore"/> over <see cref="Hdf5File.Source"/>, so that nothing is copied.
    /// </summary>
    /// <param name="key">The entry's name.</param>
    /// <returns>Null when they are not contiguous, big-endian, or of a type that <see cref="StoredType"/> has not: use
    /// <see cref="ReadFloats"/>.</returns>
    public StoredTensor? Stored(string key)
    {
        StoredType? type = _storage.Type.IsBigEndian ? null : ElementType switch
        {
            Hdf5ElementType.Float32 => StoredType.Float32,
            Hdf5ElementType.Float16 => StoredType.Float16,
            Hdf5ElementType.BFloat16 => StoredType.BFloat16,
            Hdf5ElementType.Int32 => StoredType.Int32,
            Hdf5ElementType.UInt8 => StoredType.UInt8,
            Hdf5ElementType.UInt16 => StoredType.UInt16,
            _ => null,
        };
        return type is { } stored && ContiguousOffset is { } offset ? new StoredTensor(key, Shape, stored, offset) : null;
    }

    /// <summary>Copies the values row-major, each rounded to float32; what was never written is the fill value.</summary>
    /// <param name="destination">Exactly <see cref="ElementCount"/> long.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="ModelFormatException">The elements are no numbers, or the data is damaged or filtered in a way that is
    /// not read.</exception>
    public void ReadFloats(Span<float> destination)
    {
        if (destination.Length != ElementCount)
        {
            throw new ArgumentException(
                $"'{Path}' has {ElementCount} values; the destination holds {destination.Length}", nameof(destination));
        }

        _storage.RequireNumbers(Path);
        var sink = new FloatSink(_storage.Type, destination);
        _storage.Read(ref sink);
    }

    /// <summary>The strings in row-major order, at most <see cref="Hdf5Limits.MaxStrings"/>.</summary>
    /// <exception cref="ModelFormatException">The elements are no strings, or the data is damaged or filtered in a way that is
    /// not read.</exception>
    public IReadOnlyList<string> ReadStrings()
    {
        _storage.RequireStrings(Path);
        var sink = new StringSink(_storage.Context, _storage.Type, ElementCount, _storage.At);
        _storage.Read(ref sink);
        return sink.Values;
    }
}
