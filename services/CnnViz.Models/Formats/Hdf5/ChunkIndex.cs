namespace CnnViz.Models.Hdf5;

/// <summary>One stored chunk.</summary>
/// <param name="Number">Its place in the <see cref="ChunkGrid"/>.</param>
/// <param name="At">First stored byte.</param>
/// <param name="Stored">Bytes in the file.</param>
/// <param name="Mask">Bit i: the pipeline's filter i was left out.</param>
internal readonly record struct StoredChunk(long Number, long At, long Stored, uint Mask);

/// <summary>Lists a dataset's chunks in their index' order; none twice, none outside the dataset's present extents.</summary>
internal sealed class ChunkIndex
{
    private readonly FileContext _context;
    private readonly ChunkedLayout _layout;
    private readonly ChunkGrid _grid;
    private readonly long _chunkBytes;
    private readonly bool _filtered;
    private readonly WorkBudget _budget;
    private readonly List<StoredChunk> _chunks = [];
    private readonly HashSet<long> _seen = [];

    private ChunkIndex(FileContext context, ChunkedLayout layout, ChunkGrid grid, long chunkBytes, bool filtered)
    {
        (_context, _layout, _grid, _chunkBytes, _filtered) = (context, layout, grid, chunkBytes, filtered);
        _budget = new WorkBudget(context);
    }

    /// <param name="context">The file.</param>
    /// <param name="layout">With an address.</param>
    /// <param name="grid">How the chunks tile the dataset, which has elements.</param>
    /// <param name="chunkBytes">A chunk's bytes, unfiltered.</param>
    /// <param name="filtered">Whether there are filters: entries then give stored sizes.</param>
    public static IReadOnlyList<StoredChunk> Read(
        FileContext context, ChunkedLayout layout, ChunkGrid grid, long chunkBytes, bool filtered)
    {
        var index = new ChunkIndex(context, layout, grid, chunkBytes, filtered);
        index.Read(layout.IndexAt!.Value);
        return index._chunks;
    }

    private void Read(long at)
    {
        switch (_layout.Index)
        {
            case ChunkIndexKind.BTree1:
                BTree1.VisitChunks(_context, at, _grid.Rank, _budget, AddOld);
                break;
            case ChunkIndexKind.SingleChunk:
                var (stored, mask) = _layout.Single ?? (_chunkBytes, 0);
                Add(new long[_grid.Rank], at, stored, mask);
                break;
            case ChunkIndexKind.Implicit:
                ReadImplicit(at);
                break;
            case ChunkIndexKind.FixedArray:
                FixedArray.Visit(_context, at, _filtered, _budget, (entry, number) => AddEntry(entry, number, slowest: -1));
                break;
            case ChunkIndexKind.ExtensibleArray:
                var slowest = _grid.UnlimitedAxis;
                ExtensibleArray.Visit(_context, at, _filtered, _budget, (entry, number) => AddEntry(entry, number, slowest));
                break;
            default:
                BTree2.Visit(_context, at, _filtered ? 11 : 10, _budget, AddRecord);
                break;
        }
    }

    private void AddOld(BlockCursor key, long address)
    {
        var stored = key.U32();
        var mask = key.U32();
        var position = new long[_grid.Rank];
        for (var axis = 0; axis < position.Length; axis++)
        {
            var at = key.At;
            var first = key.Count(8);
            position[axis] = first % _layout.Chunk[axis] == 0 ? first / _layout.Chunk[axis]
                : throw _context.Error(at, $"a chunk begins at {first} along axis {axis}, no multiple of {_layout.Chunk[axis]}");
        }

        Add(position, address, stored, mask);
    }

    private void ReadImplicit(long at)
    {
        // One after the other for all extents that the dataset may grow to, unfiltered; so that the file bounds their number.
        var position = new long[_grid.Rank];
        var inFile = (_context.Length - at) / _chunkBytes;
        for (long entry = 0; entry < inFile; entry++)
        {
            _grid.Position(entry, slowest: -1, position);
            if (position[0] == long.MaxValue)
            {
                break;
            }

            Add(position, at + (entry * _chunkBytes), _chunkBytes, 0);
        }
    }

    /// <summary>An array's entry: an address and, where there are filters, stored size and mask.</summary>
    private void AddEntry(BlockCursor entry, long number, int slowest)
    {
        if (entry.OptionalAddress() is { } address)
        {
            var (stored, mask) = _filtered ? (entry.Count(entry.Left - sizeof(uint)), entry.U32()) : (_chunkBytes, 0);
            var position = new long[_grid.Rank];
            _grid.Position(number, slowest, position);
            Add(position, address, stored, mask);
        }
    }

    private void AddRecord(BlockCursor record)
    {
        var address = record.Address("a chunk");
        var sizeBytes = record.Left - sizeof(uint) - (8 * _grid.Rank);
        var (stored, mask) = _filtered ? (record.Count(sizeBytes), record.U32()) : (_chunkBytes, 0);
        var position = new long[_grid.Rank];
        for (var axis = 0; axis < position.Length; axis++)
        {
            position[axis] = record.Count(8);
        }

        Add(position, address, stored, mask);
    }

    private void Add(long[] position, long at, long stored, uint mask)
    {
        if (_grid.Number(position) is not { } number)
        {
            return;
        }

        if (_chunks.Count == Hdf5Limits.MaxChunks || !_seen.Add(number))
        {
            var place = string.Join(", ", position);
            throw _context.Error(at, $"two chunks lie at ({place}), or there are more than {Hdf5Limits.MaxChunks}");
        }

        // Deflate stores what it cannot shrink with a few bytes more for every block; fletcher32 adds four.
        var most = _filtered ? _chunkBytes + (_chunkBytes / 8) + 1024 : _chunkBytes;
        if (stored > most || (!_filtered && stored != _chunkBytes))
        {
            throw _context.Error(at, $"a chunk of {_chunkBytes} bytes is stored in {stored}");
        }

        _context.Require(at, stored, "a chunk");
        _chunks.Add(new StoredChunk(number, at, stored, mask));
    }
}
