using CnnViz.Engine.OneDnn.Native;

namespace CnnViz.Engine.OneDnn;

/// <summary>Packed weights by model digest, each alive as long as a compiled model uses it.</summary>
internal sealed class ShimCaches
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Bytes of all packed weights.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _entries.Values.Sum(entry => entry.Cache.Bytes);
            }
        }
    }

    public ShimCacheLease Acquire(string digest)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(digest, out var entry))
            {
                entry = new Entry();
                _entries.Add(digest, entry);
            }

            entry.Leases++;
            return new ShimCacheLease(this, digest, entry);
        }
    }

    /// <summary>Ends a lease.</summary>
    /// <param name="digest">The model.</param>
    /// <param name="entry">Its weights.</param>
    /// <param name="spoilt">Whether weights could not be read: then nobody else gets what was packed of them.</param>
    internal void Release(string digest, Entry entry, bool spoilt)
    {
        lock (_lock)
        {
            if (spoilt && _entries.GetValueOrDefault(digest) == entry)
            {
                _entries.Remove(digest);
            }

            if (--entry.Leases > 0)
            {
                return;
            }

            if (_entries.GetValueOrDefault(digest) == entry)
            {
                _entries.Remove(digest);
            }
        }

        entry.Cache.Dispose();
    }

    internal sealed class Entry
    {
        public ShimCache Cache { get; } = new();

        /// <summary>One program of a model is built at a time: no weight is packed twice.</summary>
        public Lock Building { get; } = new();

        public int Leases { get; set; }
    }
}

/// <summary>A compiled model's share in its model's packed weights.</summary>
internal sealed class ShimCacheLease(ShimCaches caches, string digest, ShimCaches.Entry entry) : IDisposable
{
    private int _disposed;
    private bool _spoilt;

    /// <summary>Builds something that packs weights.</summary>
    public T Build<T>(Func<ShimCache, T> build)
    {
        lock (entry.Building)
        {
            try
            {
                return build(entry.Cache);
            }
            catch
            {
                _spoilt = true;
                throw;
            }
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            caches.Release(digest, entry, _spoilt);
        }
    }
}
