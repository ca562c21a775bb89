namespace Aspire.Dashboard.Telemetry;

/// <summary>The newest items, oldest first; grows up to its capacity and then pushes out the oldest.</summary>
internal sealed class RingBuffer<T>(int capacity)
{
    private T[] _items = new T[Math.Min(capacity, 16)];
    private int _start;

    public int Count { get; private set; }

    /// <param name="index">0 is the oldest.</param>
    public T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _items[(_start + index) % _items.Length];
        }
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            _items[(_start + index) % _items.Length] = value;
        }
    }

    /// <summary>Adds the newest.</summary>
    /// <returns>Whether the oldest was pushed out.</returns>
    public bool Add(T item)
    {
        var full = Count == capacity;
        if (full)
            RemoveOldest();
        if (Count == _items.Length)
            Grow();
        _items[(_start + Count) % _items.Length] = item;
        Count++;
        return full;
    }

    public T RemoveOldest()
    {
        if (Count == 0)
            throw new InvalidOperationException("The buffer is empty.");
        var oldest = _items[_start];
        _items[_start] = default!;
        _start = (_start + 1) % _items.Length;
        Count--;
        return oldest;
    }

    public void Clear()
    {
        Array.Clear(_items);
        _start = 0;
        Count = 0;
    }

    private void Grow()
    {
        var larger = new T[(int)Math.Min(capacity, 2L * _items.Length)];
        for (var i = 0; i < Count; i++)
            larger[i] = _items[(_start + i) % _items.Length];
        _items = larger;
        _start = 0;
    }
}
