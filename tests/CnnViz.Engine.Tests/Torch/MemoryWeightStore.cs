using System.Security.Cryptography;
using System.Text;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.Torch;

/// <summary>Weights held in memory, for graphs that tests build.</summary>
internal sealed class MemoryWeightStore(IReadOnlyDictionary<string, (int[] Shape, float[] Values)> tensors) : IWeightStore
{
    public int Reads { get; private set; }

    public bool Disposed { get; private set; }

    public string Digest { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(
        ';',
        tensors.OrderBy(t => t.Key, StringComparer.Ordinal)
            .Select(t => $"{t.Key}:{string.Join(',', t.Value.Shape)}:{string.Join(',', t.Value.Values)}")))));

    public long StoredBytes => tensors.Values.Sum(t => 4L * t.Values.Length);

    public bool Contains(string key) => tensors.ContainsKey(key);

    public IReadOnlyList<int> ShapeOf(string key) => tensors[key].Shape;

    public void Read(string key, Span<float> destination)
    {
        Reads++;
        tensors[key].Values.CopyTo(destination);
    }

    public void Dispose() => Disposed = true;
}
