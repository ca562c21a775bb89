using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace CnnViz.Models.Keras;

/// <summary>One weight of a graph: the file's array and how it becomes the weight.</summary>
/// <param name="Array">The array.</param>
/// <param name="Shape">The weight's extents.</param>
/// <param name="Transform">From the array's values to the weight's.</param>
internal sealed record KerasEntry(KerasArray Array, IReadOnlyList<int> Shape, KerasTransform Transform);

/// <summary>
/// The weights of a graph over the arrays of a Keras file, read when they are asked for. Safe for concurrent reads.
/// </summary>
internal sealed class KerasWeightStore : IWeightStore
{
    private readonly WeightStore _stored;
    private readonly IReadOnlyDictionary<string, KerasEntry> _entries;
    private readonly IReadOnlyDictionary<string, (int[] Shape, float[] Values)> _constants;
    private readonly Lazy<string> _digest;

    /// <param name="stored">Reads the arrays that lie in the file as they are; owned.</param>
    /// <param name="entries">The file's weights by key.</param>
    /// <param name="constants">Weights that the configuration gives, by key.</param>
    /// <param name="architecture">The network as text, for the digest.</param>
    public KerasWeightStore(
        WeightStore stored,
        IReadOnlyDictionary<string, KerasEntry> entries,
        IReadOnlyDictionary<string, (int[] Shape, float[] Values)> constants,
        string architecture)
    {
        (_stored, _entries, _constants) = (stored, entries, constants);
        StoredBytes = entries.Values.Select(entry => entry.Array).Distinct().Sum(
            array => array.Dataset?.DeclaredBytes ?? _stored.Entry(array.Name)?.ByteLength ?? 0);
        _digest = new Lazy<string>(() => ComputeDigest(architecture));
    }

    /// <inheritdoc/>
    /// <remarks>Over the arrays and the network they are in. Computed once, on first use.</remarks>
    public string Digest => _digest.Value;

    public long StoredBytes { get; }

    public bool Contains(string key) => _entries.ContainsKey(key) || _constants.ContainsKey(key);

    public IReadOnlyList<int> ShapeOf(string key) =>
        _constants.TryGetValue(key, out var constant) ? constant.Shape : Entry(key).Shape;

    public void Read(string key, Span<float> destination)
    {
        if (_constants.TryGetValue(key, out var constant))
        {
            RequireLength(key, constant.Values.Length, destination.Length);
            constant.Values.CopyTo(destination);
            return;
        }

        var entry = Entry(key);
        RequireLength(key, entry.Shape.Aggregate(1L, (product, extent) => product * extent), destination.Length);
        switch (entry.Transform)
        {
            case KerasTransform.None:
                ReadArray(entry.Array, destination);
                break;
            case KerasTransform.Repeat:
                Span<float> single = stackalloc float[1];
                ReadArray(entry.Array, single);
                destination.Fill(single[0]);
                break;
            default:
                ReadChannelsFirst(entry, destination);
                break;
        }
    }

    public void Dispose() => _stored.Dispose();

    private static void RequireLength(string key, long length, int given)
    {
        if (length != given)
        {
            throw new ArgumentException($"weight '{key}' has {length} values; the destination holds {given}", nameof(given));
        }
    }

    private KerasEntry Entry(string key) => _entries.TryGetValue(key, out var entry)
        ? entry
        : throw new ModelFormatException($"there is no weight '{key}'");

    private void ReadArray(KerasArray array, Span<float> destination)
    {
        if (array.Stored is not null)
        {
            _stored.Read(array.Name, destination);
        }
        else
        {
            array.Dataset!.ReadFloats(destination);
        }
    }

    private void ReadChannelsFirst(KerasEntry entry, Span<float> destination)
    {
        var buffer = ArrayPool<float>.Shared.Rent(destination.Length);
        try
        {
            var values = buffer.AsSpan(0, destination.Length);
            ReadArray(entry.Array, values);
            var (channels, cells) = (entry.Shape[0], destination.Length / Math.Max(entry.Shape[0], 1));
            for (var cell = 0; cell < cells; cell++)
            {
                for (var channel = 0; channel < channels; channel++)
                {
                    destination[(channel * cells) + cell] = values[(cell * channels) + channel];
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private string ComputeDigest(string architecture)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(architecture)));
        hash.AppendData(Encoding.ASCII.GetBytes(_stored.Digest));

        // What the store does not hold as it is: compressed arrays, as float32.
        var decoded = _entries.Values.Select(entry => entry.Array).Where(array => array.Stored is null).Distinct();
        foreach (var array in decoded.OrderBy(array => array.Name, StringComparer.Ordinal))
        {
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes($"{array.Name}\n{string.Join(',', array.Shape)}")));
            var values = new float[array.Dataset!.ElementCount];
            array.Dataset.ReadFloats(values);
            hash.AppendData(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan())));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
