using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// What photographs give, by engine, model, layer, size and border, so that it is computed once. Safe for concurrent use; callers
/// that ask at the same time may compute the same twice.
/// </summary>
/// <param name="capacity">Entries kept; the oldest go first.</param>
internal sealed class PhotographReferenceCache(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Key, float[]> _entries = [];
    private readonly Queue<Key> _order = new();

    /// <summary>One number per channel.</summary>
    public float[] Get(
        IEngine engine,
        ModelGraph graph,
        MaximizationOptions options,
        Func<float[]> compute)
    {
        var key = new Key(
            engine.Name, engine.Device, graph.Name, graph.Digest, options.Layer, options.NetworkHeight, options.NetworkWidth, options.Border);
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var known))
            {
                return known;
            }
        }

        var computed = compute();
        lock (_gate)
        {
            if (_entries.TryAdd(key, computed))
            {
                _order.Enqueue(key);
            }

            while (_order.Count > capacity)
            {
                _entries.Remove(_order.Dequeue());
            }
        }

        return computed;
    }

    private sealed record Key(
        string Engine, string Device, string Model, string Digest, string Layer, int Height, int Width, int Border);
}
