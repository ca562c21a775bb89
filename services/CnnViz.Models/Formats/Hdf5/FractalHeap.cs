using System.Numerics;

namespace CnnViz.Models.Hdf5;

/// <summary>The heap that holds the links of large groups and the attributes of objects with many.</summary>
internal sealed class FractalHeap
{
    private const int HugeRecordType = 1;

    private readonly FileContext _context;
    private readonly long _address;
    private readonly long? _hugeIndex;
    private readonly int _offsetBytes;
    private readonly int _lengthBytes;
    private readonly int _width;
    private readonly long _startSize;
    private readonly long _maxDirectSize;
    private readonly long? _root;
    private readonly int _rootRows;
    private readonly Dictionary<long, BlockCursor> _blocks = [];
    private Dictionary<ulong, (long At, long Length)>? _huge;

    private FractalHeap(FileContext context, BlockCursor header)
    {
        _context = context;
        _address = header.At;
        header.Signature("FRHP"u8);
        header.Version(0, 0, "a fractal heap");
        IdSize = header.U16();
        var filters = header.U16();
        header.Skip(1);
        var maxObject = header.U32();
        header.Length();
        _hugeIndex = header.OptionalAddress();
        header.Length();
        header.OptionalAddress();
        header.Skip(8 * context.LengthSize);
        _width = header.U16();
        _startSize = header.Length();
        _maxDirectSize = header.Length();
        int addressBits = header.U16();
        header.Skip(2);
        _root = header.OptionalAddress();
        _rootRows = header.U16();
        if (filters != 0)
        {
            throw context.Error(_address, "filtered heaps are not supported");
        }

        if (!BitOperations.IsPow2(_width) || !BitOperations.IsPow2(_startSize) || !BitOperations.IsPow2(_maxDirectSize)
            || _maxDirectSize < _startSize || _maxDirectSize > int.MaxValue
            || addressBits is 0 or > 64 || _rootRows > addressBits)
        {
            throw context.Error(_address, "a fractal heap's block sizes are not possible");
        }

        _offsetBytes = (addressBits + 7) / 8;
        _lengthBytes = Math.Min(
            (BitOperations.Log2((ulong)_maxDirectSize) + 7) / 8, (BitOperations.Log2(Math.Max(1, maxObject)) / 8) + 1);
    }

    /// <summary>Bytes of a reference to an object in the heap.</summary>
    private int IdSize { get; }

    /// <summary>Blocks begin with signature, version, the heap's address and their place in the heap.</summary>
    private int BlockPrefix => 5 + _context.OffsetSize + _offsetBytes;

    public static FractalHeap Read(FileContext context, long address, WorkBudget budget)
    {
        var size = 26 + (3 * context.OffsetSize) + (12 * context.LengthSize);
        var header = context.Read(address, size, budget, "a fractal heap");
        header.Rest().VerifyTrailingChecksum("a fractal heap");
        return new FractalHeap(context, header);
    }

    /// <summary>Reads a reference and finds what it refers to.</summary>
    public BlockCursor Find(BlockCursor record, WorkBudget budget)
    {
        var id = record.Slice(IdSize);
        var at = id.At;
        var kind = id.U8();
        switch (kind >> 4)
        {
            case 0:
                var offset = id.Count(_offsetBytes);
                return Managed(offset, id.Count(_lengthBytes), budget, at);
            case 1:
                return Huge(id, budget, at);
            case 2 when IdSize <= 18:
                return id.Slice((kind & 15) + 1);
            default:
                throw _context.Error(at, $"a reference into a heap is of kind {kind >> 4}, which is not supported");
        }
    }

    private BlockCursor Managed(long offset, long length, WorkBudget budget, long at)
    {
        var (block, start) = DirectBlock(offset, budget, at);
        var found = block.Rest();
        found.Skip(offset - start);
        return found.Slice(length);
    }

    /// <summary>Descends from the root, whose tables double their blocks' size from row to row.</summary>
    private (BlockCursor Block, long Start) DirectBlock(long offset, WorkBudget budget, long at)
    {
        var address = _root ?? throw _context.Error(at, "a reference into an empty heap");
        var rows = _rootRows;
        var start = 0L;
        if (rows == 0)
        {
            return (Block(address, _startSize, budget), 0);
        }

        for (var depth = 0; depth < Hdf5Limits.MaxTreeDepth; depth++)
        {
            var (row, size, first) = Row(offset - start);
            if (row >= rows)
            {
                break;
            }

            var column = (offset - start - first) / size;
            address = Child(address, rows, row, column, budget);
            start += first + (column * size);
            if (size <= _maxDirectSize)
            {
                return (Block(address, size, budget), start);
            }

            rows = BitOperations.Log2((ulong)size) - BitOperations.Log2((ulong)(_startSize * _width)) + 1;
        }

        throw _context.Error(at, $"a reference to byte {offset} of a heap that is smaller");
    }

    /// <summary>The row that an offset within a table lies in, its blocks' size and the offset of its first.</summary>
    private (int Row, long Size, long First) Row(long offset)
    {
        var rowBytes = checked(_startSize * _width);
        if (offset < rowBytes)
        {
            return (0, _startSize, 0);
        }

        var row = BitOperations.Log2((ulong)(offset / rowBytes)) + 1;
        return (row, _startSize << (row - 1), rowBytes << (row - 1));
    }

    private long Child(long address, int rows, int row, long column, WorkBudget budget)
    {
        // Rows of direct and of indirect blocks are written alike: an address for each block.
        var tableSize = BlockPrefix + ((long)rows * _width * _context.OffsetSize) + sizeof(uint);
        var table = Cached(address, tableSize, budget, "FHIB"u8, out var fresh);
        if (fresh)
        {
            table.VerifyTrailingChecksum("a heap's table");
        }

        var child = table.Rest();
        child.Skip(BlockPrefix + ((((long)row * _width) + column) * _context.OffsetSize));
        return child.Address("a heap's block");
    }

    private BlockCursor Block(long address, long size, WorkBudget budget) => Cached(address, size, budget, "FHDB"u8, out _);

    private BlockCursor Cached(long address, long size, WorkBudget budget, ReadOnlySpan<byte> signature, out bool fresh)
    {
        fresh = !_blocks.TryGetValue(address, out var block);
        if (fresh)
        {
            block = _context.Read(address, size, budget, "a heap's block");
            block.Rest().Signature(signature);
            var owner = block.Rest();
            owner.Skip(5);
            if (owner.Address("a heap") != _address)
            {
                throw _context.Error(address, "a heap's block belongs to another heap");
            }

            _blocks.Add(address, block);
        }

        return block!;
    }

    /// <summary>Large objects lie by themselves; a tree lists them by number.</summary>
    private BlockCursor Huge(BlockCursor id, WorkBudget budget, long at)
    {
        if (_context.OffsetSize + _context.LengthSize <= IdSize - 1)
        {
            var place = id.Address("a large object of a heap");
            return _context.Read(place, id.Length(), budget, "a large object of a heap");
        }

        if (_huge is null)
        {
            _huge = [];
            var index = _hugeIndex ?? throw _context.Error(at, "a heap has no large objects");
            BTree2.Visit(_context, index, HugeRecordType, budget, record =>
            {
                var (place, length) = (record.Address("a large object of a heap"), record.Length());
                _huge[record.Unsigned(_context.LengthSize)] = (place, length);
            });
        }

        var number = id.Unsigned(Math.Min(IdSize - 1, _context.LengthSize));
        return _huge.TryGetValue(number, out var found)
            ? _context.Read(found.At, found.Length, budget, "a large object of a heap")
            : throw _context.Error(at, $"a heap has no large object {number}");
    }
}
