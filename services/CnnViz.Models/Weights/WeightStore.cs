using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CnnViz.Models;

/// <summary>
/// Weights over a <see cref="ByteSource"/>: a file, shards or memory. Only the tensor table is held; values are read on demand.
/// A reader may add tensors that it derived from stored ones; they lie in memory and do not enter the digest.
/// </summary>
public sealed class WeightStore : IWeightStore
{
    /// <summary>A multiple of every element size, so that no value straddles two chunks.</summary>
    private const int ChunkBytes = 64 * 1024;

    private readonly ByteSource _bytes;
    private readonly Dictionary<string, StoredTensor> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int[] Shape, float[] Values)> _derived = new(StringComparer.Ordinal);
    private readonly Lazy<string> _digest;

    /// <param name="bytes">Owned by the store.</param>
    /// <param name="tensors">The table; every tensor must lie within <paramref name="bytes"/>.</param>
    /// <exception cref="ModelFormatException">A name repeats, an extent is negative, a tensor is too large or lies outside the
    /// bytes, or a scale is not finite; the message names tensor and offset.</exception>
    public WeightStore(ByteSource bytes, IEnumerable<StoredTensor> tensors)
    {
        _bytes = bytes;
        foreach (var tensor in tensors)
        {
            Check(tensor, bytes.Length);
            if (!_tensors.TryAdd(tensor.Key, tensor))
            {
                throw new ModelFormatException($"two weights are named '{tensor.Key}'");
            }

            StoredBytes += tensor.ByteLength;
        }

        _digest = new Lazy<string>(ComputeDigest);
    }

    /// <inheritdoc/>
    /// <remarks>Computed once, on first use. Tensors are hashed in ordinal order of their names, so that the same weights in
    /// another file order or other shards are the same model.</remarks>
    public string Digest => _digest.Value;

    public long StoredBytes { get; }

    /// <summary>The stored tensors' names, in the table's order.</summary>
    public IEnumerable<string> Keys => _tensors.Keys;

    /// <summary>A store whose float32 tensors lie in memory.</summary>
    public static WeightStore FromMemory(IReadOnlyDictionary<string, (int[] Shape, float[] Values)> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var bytes = new byte[checked(4 * tensors.Values.Sum(tensor => tensor.Values.Length))];
        var table = new List<StoredTensor>();
        var offset = 0;
        foreach (var (key, (shape, values)) in tensors)
        {
            var tensor = new StoredTensor(key, shape, StoredType.Float32, offset);
            if (tensor.ElementCount != values.Length)
            {
                throw new ModelFormatException(
                    $"weight '{key}' has {values.Length} values for shape ({string.Join(", ", shape)})");
            }

            foreach (var value in values)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(offset), value);
                offset += 4;
            }

            table.Add(tensor);
        }

        return new WeightStore(new MemoryByteSource(bytes), table);
    }

    public bool Contains(string key) => _tensors.ContainsKey(key) || _derived.ContainsKey(key);

    public IReadOnlyList<int> ShapeOf(string key) =>
        _derived.TryGetValue(key, out var derived) ? derived.Shape : Stored(key).Shape;

    public void Read(string key, Span<float> destination)
    {
        if (_derived.TryGetValue(key, out var derived))
        {
            RequireLength(key, derived.Values.Length, destination.Length);
            derived.Values.CopyTo(destination);
            return;
        }

        var tensor = Stored(key);
        RequireLength(key, tensor.ElementCount, destination.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            var perChunk = ChunkBytes / tensor.ElementSize;
            for (var start = 0; start < destination.Length; start += perChunk)
            {
                var values = destination.Slice(start, Math.Min(perChunk, destination.Length - start));
                var chunk = buffer.AsSpan(0, values.Length * tensor.ElementSize);
                _bytes.Read(tensor.Offset + ((long)start * tensor.ElementSize), chunk);
                ValueDecoder.Decode(tensor, chunk, values);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => _bytes.Dispose();

    /// <summary>How a tensor is stored; null for a derived or unknown one.</summary>
    internal StoredTensor? Entry(string key) => _tensors.GetValueOrDefault(key);

    /// <summary>Adds a tensor computed while reading the model. Not safe once the store is shared.</summary>
    internal void AddDerived(string key, int[] shape, float[] values)
    {
        if (Contains(key))
        {
            throw new ModelFormatException($"two weights are named '{key}'");
        }

        _derived.Add(key, (shape, values));
    }

    /// <summary>Copies a small int32 tensor exactly; float32 would lose integers above 2^24.</summary>
    internal int[] ReadInt32(string key)
    {
        var tensor = Stored(key);
        var bytes = new byte[checked((int)tensor.ByteLength)];
        _bytes.Read(tensor.Offset, bytes);
        var values = new int[bytes.Length / 4];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4 * i));
        }

        return values;
    }

    private static void RequireLength(string key, long length, int given)
    {
        if (length != given)
        {
            throw new ArgumentException($"weight '{key}' has {length} values; the destination holds {given}", nameof(given));
        }
    }

    private static void Check(StoredTensor tensor, long available)
    {
        if (tensor.Key.Length is 0 or > ModelLimits.MaxNameLength)
        {
            throw new ModelFormatException(
                $"a weight's name has {tensor.Key.Length} characters, outside 1..{ModelLimits.MaxNameLength}");
        }

        if (tensor.Shape.Count > ModelLimits.MaxRank || tensor.Shape.Any(extent => extent < 0))
        {
            throw new ModelFormatException($"weight '{tensor.Key}' has shape ({string.Join(", ", tensor.Shape.Take(16))})");
        }

        long length;
        try
        {
            length = tensor.ByteLength;
        }
        catch (OverflowException e)
        {
            throw new ModelFormatException($"weight '{tensor.Key}' of shape ({string.Join(", ", tensor.Shape)}) is too large", e);
        }

        if (length / tensor.ElementSize > ModelLimits.MaxElements)
        {
            throw new ModelFormatException($"weight '{tensor.Key}' of shape ({string.Join(", ", tensor.Shape)}) is too large");
        }

        if (tensor.Offset < 0 || tensor.Offset > available - length)
        {
            throw new ModelFormatException(
                $"weight '{tensor.Key}' needs bytes {tensor.Offset} to {tensor.Offset + length}, but there are only {available}");
        }

        if (!double.IsFinite(tensor.Scale) || !double.IsFinite(tensor.Minimum))
        {
            throw new ModelFormatException(
                $"weight '{tensor.Key}' is quantised with scale {tensor.Scale} and minimum {tensor.Minimum}");
        }
    }

    private StoredTensor Stored(string key) => _tensors.TryGetValue(key, out var tensor)
        ? tensor
        : throw new ModelFormatException($"there is no weight '{key}'");

    private string ComputeDigest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[ChunkBytes];
        foreach (var tensor in _tensors.Values.OrderBy(tensor => tensor.Key, StringComparer.Ordinal))
        {
            AppendHeader(hash, tensor);
            var length = tensor.ByteLength;
            for (long done = 0; done < length; done += buffer.Length)
            {
                var chunk = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done));
                _bytes.Read(tensor.Offset + done, chunk);
                hash.AppendData(chunk);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Every field is of fixed length or preceded by its length, so that no two tables share an encoding.</summary>
    private static void AppendHeader(IncrementalHash hash, StoredTensor tensor)
    {
        var name = Encoding.UTF8.GetBytes(tensor.Key);
        var header = new byte[4 + name.Length + 4 + 8 + 8 + 1 + 4 + (4 * tensor.Shape.Count)];
        var rest = header.AsSpan();
        BinaryPrimitives.WriteInt32LittleEndian(rest, name.Length);
        name.CopyTo(rest[4..]);
        rest = rest[(4 + name.Length)..];
        BinaryPrimitives.WriteInt32LittleEndian(rest, (int)tensor.Type);
        BinaryPrimitives.WriteDoubleLittleEndian(rest[4..], tensor.Scale);
        BinaryPrimitives.WriteDoubleLittleEndian(rest[12..], tensor.Minimum);
        rest[20] = tensor.Rounded ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(rest[21..], tensor.Shape.Count);
        for (var i = 0; i < tensor.Shape.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest[(25 + (4 * i))..], tensor.Shape[i]);
        }

        hash.AppendData(header);
    }
}
