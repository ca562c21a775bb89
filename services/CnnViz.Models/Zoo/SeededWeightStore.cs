using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace CnnViz.Models;

/// <summary>How a tensor without trained values begins.</summary>
/// <param name="Mean">The value, or the mean of normal ones.</param>
/// <param name="Deviation">Standard deviation; 0 for a constant.</param>
internal readonly record struct InitialValues(float Mean, double Deviation)
{
    /// <summary>
    /// Normal with variance 2 / fan-in (He et al., "Delving deep into rectifiers", ICCV 2015, eq. 10), under which ReLU networks
    /// neither fade nor explode with depth.
    /// </summary>
    public static InitialValues HeNormal(long fanIn) => new(0, Math.Sqrt(2.0 / fanIn));

    public static InitialValues Constant(float value) => new(value, 0);
}

/// <summary>
/// Weights that nobody trained: each tensor is computed from the seed and its name when it is read and kept nowhere, so that a
/// large network costs nothing until it runs. Some tensors may have given, trained values. Safe for concurrent reads.
/// </summary>
internal sealed class SeededWeightStore : IWeightStore
{
    /// <summary>Changes whenever the same seed would give other numbers.</summary>
    private const string Scheme = "seeded-he-normal-1";

    private readonly ulong _seed;
    private readonly Dictionary<string, (int[] Shape, InitialValues Initial)> _tensors;
    private readonly IReadOnlyDictionary<string, float[]> _given;

    /// <param name="architecture">Describes the network: two with different texts have different digests.</param>
    /// <param name="seed">Names the random numbers.</param>
    /// <param name="tensors">Every tensor's shape and start.</param>
    /// <param name="given">Values of the tensors that have some; names and lengths must be theirs.</param>
    /// <exception cref="ModelFormatException">Given values fit no tensor.</exception>
    public SeededWeightStore(
        string architecture,
        ulong seed,
        IReadOnlyDictionary<string, (int[] Shape, InitialValues Initial)> tensors,
        IReadOnlyDictionary<string, float[]> given)
    {
        _seed = seed;
        _tensors = new(tensors, StringComparer.Ordinal);
        _given = given;
        foreach (var (key, values) in given)
        {
            if (!_tensors.TryGetValue(key, out var tensor) || Count(tensor.Shape) != values.Length)
            {
                throw new ModelFormatException($"the {values.Length} values given for '{key}' fit no tensor");
            }
        }

        StoredBytes = 4 * _tensors.Values.Sum(tensor => Count(tensor.Shape));
        Digest = ComputeDigest(architecture);
    }

    /// <inheritdoc/>
    /// <remarks>Over the architecture, the scheme, the seed and the given values, which together determine every value.</remarks>
    public string Digest { get; }

    /// <inheritdoc/>
    /// <remarks>As float32; nothing is stored.</remarks>
    public long StoredBytes { get; }

    public bool Contains(string key) => _tensors.ContainsKey(key);

    public IReadOnlyList<int> ShapeOf(string key) => Tensor(key).Shape;

    public void Read(string key, Span<float> destination)
    {
        var (shape, initial) = Tensor(key);
        if (Count(shape) != destination.Length)
        {
            throw new ArgumentException(
                $"weight '{key}' has {Count(shape)} values; the destination holds {destination.Length}", nameof(destination));
        }

        if (_given.TryGetValue(key, out var values))
        {
            values.CopyTo(destination);
            return;
        }

        if (initial.Deviation == 0)
        {
            destination.Fill(initial.Mean);
            return;
        }

        // Each tensor has numbers of its own, whatever else is read and in which order.
        var normal = new SeededNormal(StreamOf(key));
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = (float)(initial.Mean + (initial.Deviation * normal.Next()));
        }
    }

    /// <summary>Nothing to free.</summary>
    public void Dispose()
    {
    }

    private static long Count(int[] shape) => shape.Aggregate(1L, (product, extent) => checked(product * extent));

    private (int[] Shape, InitialValues Initial) Tensor(string key) => _tensors.TryGetValue(key, out var tensor)
        ? tensor
        : throw new ModelFormatException($"there is no weight '{key}'");

    private ulong StreamOf(string key)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Scheme}\n{_seed}\n{key}");
        return BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
    }

    private string ComputeDigest(string architecture)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var header = string.Create(CultureInfo.InvariantCulture, $"{Scheme}\n{_seed}\n{architecture.Length}\n{architecture}\n");
        hash.AppendData(Encoding.UTF8.GetBytes(header));
        foreach (var (key, values) in _given.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{key}\n{values.Length}\n")));
            hash.AppendData(MemoryMarshal.AsBytes(values.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
