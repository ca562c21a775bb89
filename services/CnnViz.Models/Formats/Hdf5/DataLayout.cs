namespace CnnViz.Models.Hdf5;

/// <summary>Where a dataset's values lie.</summary>
internal abstract record DataLayout
{
    private const int Compact = 0;
    private const int Contiguous = 1;
    private const int Chunked = 2;

    public static DataLayout Parse(BlockCursor cursor)
    {
        var at = cursor.At;
        var version = cursor.Version(3, 4, "a data layout");
        int kind = cursor.U8();
        return kind switch
        {
            Compact => new CompactLayout(cursor.Slice(cursor.U16())),
            Contiguous => new ContiguousLayout(cursor.OptionalAddress(), cursor.Length()),
            Chunked => version == 3 ? ChunkedLayout.ParseOld(cursor) : ChunkedLayout.ParseNew(cursor),
            _ => throw cursor.Context.Error(at, $"data layout {kind} is not supported (3 is a virtual dataset)"),
        };
    }
}

/// <summary>In the object header.</summary>
internal sealed record CompactLayout(BlockCursor Data) : DataLayout;

/// <summary>In one piece; without an address nothing was ever written.</summary>
internal sealed record ContiguousLayout(long? At, long Size) : DataLayout;

/// <summary>How the chunks of a dataset are found.</summary>
internal enum ChunkIndexKind
{
    SingleChunk = 1,
    Implicit = 2,
    FixedArray = 3,
    ExtensibleArray = 4,
    BTree2 = 5,

    /// <summary>Of the older layout; the number is not in any file.</summary>
    BTree1 = 100,
}

/// <summary>In chunks of equal extents that are found by an index.</summary>
/// <param name="Chunk">A chunk's extents, each at least 1.</param>
/// <param name="ElementSize">Bytes per element.</param>
/// <param name="Index">The kind of index.</param>
/// <param name="IndexAt">The index, or the chunk itself; null when nothing was ever written.</param>
internal sealed record ChunkedLayout(int[] Chunk, int ElementSize, ChunkIndexKind Index, long? IndexAt) : DataLayout
{
    private const byte PartialUnfiltered = 0x01;
    private const byte SingleFiltered = 0x02;

    /// <summary>Chunks that reach beyond the dataset are stored without filters.</summary>
    public bool PartialChunksUnfiltered { get; init; }

    /// <summary>A filtered single chunk's stored size and filter mask.</summary>
    public (long Size, uint Mask)? Single { get; init; }

    public static ChunkedLayout ParseOld(BlockCursor cursor)
    {
        var at = cursor.At;
        int dimensions = cursor.U8();
        var index = cursor.OptionalAddress();
        var (chunk, elementSize) = Extents(cursor, dimensions, sizeof(uint), at);
        return new ChunkedLayout(chunk, elementSize, ChunkIndexKind.BTree1, index);
    }

    public static ChunkedLayout ParseNew(BlockCursor cursor)
    {
        var at = cursor.At;
        var flags = cursor.U8();
        int dimensions = cursor.U8();
        int extentSize = cursor.U8();
        if (extentSize is 0 or > 8)
        {
            throw cursor.Context.Error(at, $"a chunk's extents take {extentSize} bytes each");
        }

        var (chunk, elementSize) = Extents(cursor, dimensions, extentSize, at);
        var kind = (ChunkIndexKind)cursor.U8();
        (long, uint)? single = null;
        switch (kind)
        {
            case ChunkIndexKind.SingleChunk when (flags & SingleFiltered) != 0:
                single = (cursor.Length(), cursor.U32());
                break;
            case ChunkIndexKind.SingleChunk or ChunkIndexKind.Implicit:
                break;

            // What follows repeats the index' own header.
            case ChunkIndexKind.FixedArray:
                cursor.Skip(1);
                break;
            case ChunkIndexKind.ExtensibleArray:
                cursor.Skip(5);
                break;
            case ChunkIndexKind.BTree2:
                cursor.Skip(6);
                break;
            default:
                throw cursor.Context.Error(at, $"chunk index {(int)kind} is not supported");
        }

        return new ChunkedLayout(chunk, elementSize, kind, cursor.OptionalAddress())
        {
            PartialChunksUnfiltered = (flags & PartialUnfiltered) != 0,
            Single = single,
        };
    }

    /// <summary>The chunk's extents, then the element's size as if it were one more.</summary>
    private static (int[] Chunk, int ElementSize) Extents(BlockCursor cursor, int dimensions, int size, long at)
    {
        if (dimensions is < 2 or > Hdf5Limits.MaxRank + 1)
        {
            throw cursor.Context.Error(at, $"chunks have {dimensions - 1} axes");
        }

        var extents = new int[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            var extent = cursor.Count(size);
            extents[i] = extent is > 0 and <= int.MaxValue ? (int)extent
                : throw cursor.Context.Error(at, $"a chunk has extent {extent} along axis {i}");
        }

        return (extents[..^1], extents[^1]);
    }
}
