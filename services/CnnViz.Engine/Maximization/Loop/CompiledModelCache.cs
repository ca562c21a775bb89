using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// Compiled models by engine, graph, size and layers, so that each is compiled once while it is in use or among the most recently
/// used. Safe for concurrent use; callers that ask for the same model at the same time wait for one compilation.
/// </summary>
/// <param name="capacity">Models kept when nobody uses them; 0 disposes each with its last lease.</param>
public sealed class CompiledModelCache(int capacity) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Key, Entry> _entries = [];
    private long _clock;
    private bool _disposed;

    /// <summary>Compiles the model, or lends the one there is.</summary>
    /// <exception cref="CompileException">The engine cannot run the graph, size or layer.</exception>
    public CompiledModelLease Rent(IEngine engine, ModelGraph graph, CompileOptions options)
    {
        var key = Key.Of(engine, graph, options);
        Entry entry;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_entries.TryGetValue(key, out entry!))
            {
                entry = new Entry(key, new Lazy<ICompiledModel>(() => engine.Compile(graph, options)));
                _entries.Add(key, entry);
            }

            entry.Leases++;
        }

        try
        {
            return new CompiledModelLease(entry.Model.Value, () => Return(entry));
        }
        catch
        {
            // A failed compilation is not kept: the next caller may find more memory.
            lock (_gate)
            {
                entry.Leases--;
                if (_entries.TryGetValue(key, out var current) && current == entry)
                {
                    _entries.Remove(key);
                }
            }

            throw;
        }
    }

    /// <summary>Drops all models; those in use are disposed with their last lease.</summary>
    public void Dispose()
    {
        List<Entry> unused;
        lock (_gate)
        {
            _disposed = true;
            unused = Evict(0);
        }

        unused.ForEach(entry => entry.Model.Value.Dispose());
    }

    private void Return(Entry entry)
    {
        List<Entry> unused;
        lock (_gate)
        {
            entry.Leases--;
            entry.LastUse = ++_clock;
            unused = Evict(_disposed ? 0 : capacity);
        }

        unused.ForEach(old => old.Model.Value.Dispose());
    }

    /// <summary>Takes out the least recently used models that nobody uses, until at most so many are left.</summary>
    private List<Entry> Evict(int keep)
    {
        var unused = _entries.Values.Where(entry => entry.Leases == 0);
        var idle = unused.OrderByDescending(entry => entry.LastUse).Skip(keep).ToList();
        idle.ForEach(entry => _entries.Remove(entry.Key));
        return idle;
    }

    private sealed record Key(
        IEngine Engine,
        ModelGraph Graph,
        int Height,
        int Width,
        bool ReluRelief,
        bool ForwardOnly,
        int Threads,
        PrecisionMode Precision,
        string Layers,
        string Regions)
    {
        public static Key Of(IEngine engine, ModelGraph graph, CompileOptions options) => new(
            engine,
            graph,
            options.Height,
            options.Width,
            options.ReluRelief,
            options.ForwardOnly,
            options.Threads,
            options.Precision,
            string.Join('\n', options.TargetLayers),
            string.Join('\n', (options.Regions ?? new Dictionary<string, CellRegion>())
                .OrderBy(region => region.Key, StringComparer.Ordinal)
                .Select(region => $"{region.Key}:{region.Value}")));
    }

    private sealed class Entry(Key key, Lazy<ICompiledModel> model)
    {
        public Key Key { get; } = key;

        public Lazy<ICompiledModel> Model { get; } = model;

        public int Leases { get; set; }

        public long LastUse { get; set; }
    }
}

/// <summary>A compiled model on loan; disposing gives it back.</summary>
public sealed class CompiledModelLease : IDisposable
{
    private Action? _giveBack;

    internal CompiledModelLease(ICompiledModel model, Action giveBack) => (Model, _giveBack) = (model, giveBack);

    public ICompiledModel Model { get; }

    public void Dispose() => Interlocked.Exchange(ref _giveBack, null)?.Invoke();
}
