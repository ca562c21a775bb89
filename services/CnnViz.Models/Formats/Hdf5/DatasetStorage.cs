using System.Buffers;

namespace CnnViz.Models.Hdf5;

/// <summary>A dataset's type, extents and place, checked; values are read through an <see cref="IElementSink"/>.</summary>
internal sealed class DatasetStorage
{
    private const int PieceBytes = 64 * 1024;

    private readonly DataLayout _layout;
    private readonly IReadOnlyList<ChunkFilter> _filters;
    private readonly ObjectHeader _header;

    public DatasetStorage(FileContext context, ObjectHeader header)
    {
        (Context, _header) = (context, header);
        Space = Dataspace.Parse(header.Require(MessageType.Dataspace).Open());
        Type = Datatype.Parse(header.Require(MessageType.Datatype).Open());
        _layout = DataLayout.Parse(header.Require(MessageType.Layout).Open());
        _filters = header.Find(MessageType.FilterPipeline) is { } filters ? FilterPipeline.Parse(filters.Open()) : [];
        if (header.Find(MessageType.ExternalFiles) is not null)
        {
            throw context.Error(At, "datasets in external files are not supported");
        }

        // At most 2^31 elements of 2^31 bytes.
        DeclaredBytes = Space.ElementCount * Type.Size;
        Check();
    }

    public FileContext Context { get; }

    /// <summary>The object header.</summary>
    public long At => _header.Address;

    public Dataspace Space { get; }

    public Datatype Type { get; }

    public long DeclaredBytes { get; }

    public long? ContiguousOffset => _layout is ContiguousLayout { At: { } at } && DeclaredBytes > 0 ? at : null;

    /// <summary>True when the values' bytes lie in the file, whose size then bounds them.</summary>
    public bool IsStoredAsIs => ContiguousOffset is not null || _layout is CompactLayout;

    public void RequireNumbers(string path)
    {
        if (!Type.IsNumber)
        {
            throw Context.Error(At, Type.ElementType == Hdf5ElementType.String
                ? $"'{path}' holds strings, not numbers"
                : $"'{path}' holds {Type.Name}, which are not supported");
        }
    }

    public void RequireStrings(string path)
    {
        if (Type.ElementType != Hdf5ElementType.String)
        {
            var held = Type.IsNumber ? $"numbers ({Type.ElementType})" : Type.Name;
            throw Context.Error(At, $"'{path}' holds {held}, not strings");
        }

        StringDecoder.RequireFew(Context, Space.ElementCount, At);
    }

    /// <summary>Gives every element to a sink.</summary>
    public void Read<TSink>(ref TSink sink)
        where TSink : IElementSink, allows ref struct
    {
        if (Space.ElementCount == 0)
        {
            return;
        }

        switch (_layout)
        {
            case CompactLayout compact:
                sink.Put(0, compact.Data.Rest().Bytes((int)DeclaredBytes));
                break;
            case ContiguousLayout { At: { } at }:
                ReadContiguous(at, ref sink);
                break;
            case ChunkedLayout { IndexAt: not null } chunked:
                ReadChunks(chunked, ref sink);
                break;
            default:
                sink.Fill(FillValue.Read(Context, _header, Type));
                break;
        }
    }

    private void Check()
    {
        switch (_layout)
        {
            case CompactLayout { Data: var data } when data.Left < DeclaredBytes:
                throw Context.Error(data.At, $"a dataset of {DeclaredBytes} bytes has {data.Left} in its header");
            case ContiguousLayout { At: { } at, Size: var size }:
                if (size < DeclaredBytes)
                {
                    throw Context.Error(At, $"a dataset of {DeclaredBytes} bytes is stored in {size}");
                }

                Context.Require(at, DeclaredBytes, "a dataset");
                break;
            case ChunkedLayout chunked:
                Check(chunked);
                break;
        }
    }

    private void Check(ChunkedLayout layout)
    {
        if (layout.Chunk.Length != Space.Extents.Length || layout.ElementSize != Type.Size)
        {
            throw Context.Error(At, $"a dataset of {Space.Extents.Length} axes and {Type.Size} bytes per element has "
                + $"chunks of {layout.Chunk.Length} axes and {layout.ElementSize} bytes");
        }

        var most = Math.Min(Array.MaxLength / 2, Math.Max(Hdf5Limits.MinChunkBytes, DeclaredBytes));
        long bytes = Type.Size;
        foreach (var extent in layout.Chunk)
        {
            bytes *= extent;
            if (bytes > most)
            {
                throw Context.Error(At, $"a dataset of {DeclaredBytes} bytes has chunks of more than {most}");
            }
        }
    }

    private void ReadContiguous<TSink>(long at, ref TSink sink)
        where TSink : IElementSink, allows ref struct
    {
        var perPiece = Math.Max(1, PieceBytes / Type.Size);
        var buffer = ArrayPool<byte>.Shared.Rent(perPiece * Type.Size);
        try
        {
            for (long first = 0; first < Space.ElementCount; first += perPiece)
            {
                var piece = buffer.AsSpan(0, (int)Math.Min(perPiece, Space.ElementCount - first) * Type.Size);
                Context.Source.Read(at + (first * Type.Size), piece);
                sink.Put(first, piece);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void ReadChunks<TSink>(ChunkedLayout layout, ref TSink sink)
        where TSink : IElementSink, allows ref struct
    {
        // Both were checked to be positive and small enough.
        var chunkBytes = layout.Chunk.Aggregate(Type.Size, (product, extent) => product * extent);
        var grid = new ChunkGrid(Space, layout.Chunk, Type.Size);
        var chunks = ChunkIndex.Read(Context, layout, grid, chunkBytes, _filters.Count > 0);
        sink.Fill(FillValue.Read(Context, _header, Type));
        var decoder = new ChunkDecoder(Context, _filters, chunkBytes);
        foreach (var chunk in chunks)
        {
            var unfiltered = layout.PartialChunksUnfiltered && grid.IsPartial(chunk.Number);
            grid.Put(chunk.Number, decoder.Decode(chunk, unfiltered), ref sink);
        }
    }
}
