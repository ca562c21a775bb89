namespace CnnViz.Models.Safetensors;

/// <summary>Where a weight's values are.</summary>
/// <param name="Tensor">The file's name for it.</param>
/// <param name="Shape">Its extents in the network.</param>
internal sealed record BoundTensor(string Tensor, IReadOnlyList<int> Shape);

/// <summary>
/// A network's weights by its own keys, with a file's values; what the file does not have is the network's. Owns both.
/// </summary>
internal sealed class BoundWeightStore(WeightStore file, IReadOnlyDictionary<string, BoundTensor> bound, IWeightStore network)
    : IWeightStore
{
    /// <inheritdoc/>
    /// <remarks>Of all of the file's floating-point tensors.</remarks>
    public string Digest => file.Digest;

    public long StoredBytes => file.StoredBytes;

    public bool Contains(string key) => bound.ContainsKey(key) || network.Contains(key);

    public IReadOnlyList<int> ShapeOf(string key) => bound.TryGetValue(key, out var tensor) ? tensor.Shape : network.ShapeOf(key);

    public void Read(string key, Span<float> destination)
    {
        if (bound.TryGetValue(key, out var tensor))
        {
            file.Read(tensor.Tensor, destination);
        }
        else
        {
            network.Read(key, destination);
        }
    }

    public void Dispose()
    {
        file.Dispose();
        network.Dispose();
    }
}
