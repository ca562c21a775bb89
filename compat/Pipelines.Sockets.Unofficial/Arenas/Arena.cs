namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>
/// Elements that live together: handed out one after the other, and all given back at once by <see cref="Reset"/>. Not safe for
/// concurrent use.
/// </summary>
public sealed class Arena<T> : IDisposable
{
    private const int DefaultBlockBytes = 128 * 1024;

    private readonly int _blockLength;
    private T[] _block = [];
    private int _used;

    /// <param name="options">Null for the defaults.</param>
    /// <param name="allocator">Not used.</param>
    public Arena(ArenaOptions? options = null, Allocator<T>? allocator = null)
    {
        _ = allocator;
        var bytes = options is { BlockSizeBytes: > 0 } ? options.BlockSizeBytes : DefaultBlockBytes;
        _blockLength = Math.Max(1, bytes / System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
    }

    /// <summary>Hands out consecutive elements, each the type's default.</summary>
    /// <param name="length">How many, 0 or more.</param>
    public Sequence<T> Allocate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length == 0)
        {
            return default;
        }

        if (_block.Length - _used < length)
        {
            // Sequences of the block before keep it alive as long as they are used.
            _block = new T[Math.Max(_blockLength, length)];
            _used = 0;
        }

        var sequence = new Sequence<T>(_block, _used, length);
        _used += length;
        return sequence;
    }

    /// <summary>Takes all elements back; sequences handed out before must not be used any more.</summary>
    public void Reset()
    {
        if (_block.Length > _blockLength)
        {
            // A reply of unusual length does not stay in memory.
            _block = [];
        }

        _block.AsSpan(0, Math.Min(_used, _block.Length)).Clear();
        _used = 0;
    }

    public void Dispose()
    {
        _block = [];
        _used = 0;
    }
}
