namespace CnnViz.Models;

/// <summary>A model's weight tensors by name, read on demand. Safe for concurrent reads.</summary>
public interface IWeightStore : IDisposable
{
    /// <summary>SHA-256 over every tensor's name, shape and values as stored, lower-case hex.</summary>
    string Digest { get; }

    /// <summary>Number of bytes the weights take as stored.</summary>
    long StoredBytes { get; }

    bool Contains(string key);

    /// <summary>Extents in the source's axis order.</summary>
    IReadOnlyList<int> ShapeOf(string key);

    /// <summary>Copies the tensor, widened or dequantised to float32, in its source's axis order, row-major.</summary>
    /// <param name="key">A tensor's name.</param>
    /// <param name="destination">Exactly as long as the tensor.</param>
    void Read(string key, Span<float> destination);
}
