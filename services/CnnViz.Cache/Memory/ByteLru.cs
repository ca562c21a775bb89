using System.Diagnostics.CodeAnalysis;

namespace CnnViz.Cache.Memory;

/// <summary>A bounded number of bytes of values; the least recently used go first. Safe for concurrent use.</summary>
/// <param name="capacity">Bytes of all values together; 0 = keeps nothing.</param>
public sealed class ByteLru<TKey, TValue>(long capacity)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<Entry>> _byKey = [];
    private readonly LinkedList<Entry> _recent = new();

    private sealed record Entry(TKey Key, TValue Value, long Bytes);

    /// <summary>Bytes kept now; never more than the capacity.</summary>
    public long Bytes { get; private set; }

    /// <summary>Values kept now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _byKey.Count;
            }
        }
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_gate)
        {
            if (!_byKey.TryGetValue(key, out var node))
            {
                value = default;
                return false;
            }

            _recent.Remove(node);
            _recent.AddFirst(node);
            value = node.Value.Value;
            return true;
        }
    }

    /// <summary>Keeps a value and drops others where there is no room; one larger than the capacity is not kept.</summary>
    /// <param name="key">Its name; a value of that name is replaced.</param>
    /// <param name="value">The value.</param>
    /// <param name="bytes">Its size, 0 or more.</param>
    public void Set(TKey key, TValue value, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (_gate)
        {
            if (_byKey.Remove(key, out var old))
            {
                _recent.Remove(old);
                Bytes -= old.Value.Bytes;
            }

            if (bytes > capacity)
            {
                return;
            }

            while (Bytes + bytes > capacity)
            {
                var last = _recent.Last!;
                _recent.RemoveLast();
                _byKey.Remove(last.Value.Key);
                Bytes -= last.Value.Bytes;
            }

            _byKey[key] = _recent.AddFirst(new Entry(key, value, bytes));
            Bytes += bytes;
        }
    }
}
