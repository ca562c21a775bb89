using CnnViz.Models;
using static TorchSharp.torch;

namespace CnnViz.Engine.Torch;

/// <summary>
/// Weights as tensors on the engine's device, converted once per model (by digest) and shared by all its compiled models. A
/// model's tensors live until its last lease is disposed.
/// </summary>
/// <param name="device">Where the tensors lie.</param>
/// <param name="channelsLast">Whether convolution kernels lie channels-last, as the feature maps do: else libtorch reorders them in each call.</param>
internal sealed class TorchWeightCache(Device device, bool channelsLast)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Number of models with weights in the cache.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Takes part in a model's weights until the lease is disposed.</summary>
    public TorchWeights Acquire(ModelGraph graph)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(graph.Digest, out var entry))
            {
                entry = new Entry();
                _entries.Add(graph.Digest, entry);
            }

            entry.Leases++;
            return new TorchWeights(this, graph, entry);
        }
    }

    internal Tensor GetOrAdd(Entry entry, ModelGraph graph, LayerWeight weight, Func<Tensor, Tensor> convert)
    {
        // One conversion at a time per model: compiling is rare, and no weight is converted twice.
        lock (entry.Lock)
        {
            var id = (weight.Key, weight.Role);
            if (!entry.Tensors.TryGetValue(id, out var result))
            {
                using var scope = NewDisposeScope();
                using var noGrad = no_grad();
                var values = new float[weight.ElementCount];
                graph.Weights.Read(weight.Key, values);
                var stored = tensor(values, [.. weight.Shape.Select(extent => (long)extent)]);
                result = convert(stored).to(device).DetachFromDisposeScope();
                entry.Tensors.Add(id, result);
            }

            return result;
        }
    }

    internal Tensor ToMemoryOrder(Tensor kernel) => channelsLast ? MemoryOrder.ChannelsLast(kernel) : kernel.contiguous();

    internal void Release(string digest, Entry entry)
    {
        lock (_lock)
        {
            if (--entry.Leases > 0)
            {
                return;
            }

            _entries.Remove(digest);
        }

        foreach (var held in entry.Tensors.Values)
        {
            held.Dispose();
        }
    }

    internal sealed class Entry
    {
        public Lock Lock { get; } = new();

        public int Leases { get; set; }

        public Dictionary<(string Key, string Role), Tensor> Tensors { get; } = [];
    }
}
