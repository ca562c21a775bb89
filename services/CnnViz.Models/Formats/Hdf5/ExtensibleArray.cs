using System.Numerics;

namespace CnnViz.Models.Hdf5;

/// <summary>
/// The chunk index of datasets that grow along one axis: some entries in an index block, then data blocks that grow, at first
/// listed in the index block and later in super blocks.
/// </summary>
internal sealed class ExtensibleArray
{
    private const int Filtered = 1;

    private readonly FileContext _context;
    private readonly WorkBudget _budget;
    private readonly Action<BlockCursor, long> _visit;
    private readonly long _address;
    private readonly int _entrySize;
    private readonly int _maxBits;
    private readonly int _inIndexBlock;
    private readonly int _smallestBlock;
    private readonly int _fewestPointers;
    private readonly long _perPage;
    private readonly long _count;
    private readonly long? _indexBlock;
    private readonly byte _client;

    private ExtensibleArray(FileContext context, long address, bool filtered, WorkBudget budget, Action<BlockCursor, long> visit)
    {
        (_context, _address, _budget, _visit) = (context, address, budget, visit);
        var header = context.Read(address, 16 + (6 * context.LengthSize) + context.OffsetSize, budget, "a chunk index");
        header.VerifyTrailingChecksum("a chunk index");
        header.Signature("EAHD"u8);
        header.Version(0, 0, "a chunk index");
        _client = (byte)header.Version(filtered ? Filtered : 0, filtered ? Filtered : 0, "a chunk index (its entries)");
        _entrySize = header.U8();
        _maxBits = header.U8();
        _inIndexBlock = header.U8();
        _smallestBlock = header.U8();
        _fewestPointers = header.U8();
        int pageBits = header.U8();
        header.Skip(4 * context.LengthSize);
        _count = header.Length();
        header.Length();
        _indexBlock = header.OptionalAddress();
        if (_entrySize < context.OffsetSize + (filtered ? sizeof(uint) + 1 : 0) || _maxBits is 0 or > 62 || pageBits is 0 or > 30
            || !BitOperations.IsPow2(_smallestBlock) || _smallestBlock >= 1L << _maxBits
            || _fewestPointers < 2 || !BitOperations.IsPow2(_fewestPointers))
        {
            throw context.Error(address, "a chunk index' sizes are not possible");
        }

        _perPage = 1L << pageBits;
    }

    private int OffsetBytes => (_maxBits + 7) / 8;

    private int BlockPrefix => 6 + _context.OffsetSize;

    /// <param name="context">The file.</param>
    /// <param name="address">The index' header.</param>
    /// <param name="filtered">Whether entries give stored sizes.</param>
    /// <param name="budget">What may still be read.</param>
    /// <param name="visit">Takes each entry and its number.</param>
    public static void Visit(FileContext context, long address, bool filtered, WorkBudget budget, Action<BlockCursor, long> visit)
    {
        var array = new ExtensibleArray(context, address, filtered, budget, visit);
        if (array._indexBlock is { } indexBlock)
        {
            array.VisitIndexBlock(indexBlock);
        }
    }

    /// <summary>Super block u has 2^(u/2) data blocks of 2^((u+1)/2) times the smallest size.</summary>
    private (long Blocks, long PerBlock) SuperBlock(int number) =>
        (1L << (number / 2), (1L << ((number + 1) / 2)) * _smallestBlock);

    private void VisitIndexBlock(long address)
    {
        // The first super blocks have no block of their own: their data blocks are listed here.
        var superBlocks = 1 + _maxBits - BitOperations.Log2((uint)_smallestBlock);
        var listedHere = Math.Min(superBlocks, 2 * BitOperations.Log2((uint)_fewestPointers));
        var dataBlocks = Enumerable.Range(0, listedHere).Sum(number => SuperBlock(number).Blocks);
        var addresses = (dataBlocks + superBlocks - listedHere) * _context.OffsetSize;
        var size = BlockPrefix + ((long)_inIndexBlock * _entrySize) + addresses + sizeof(uint);
        var block = Open(address, size, "EAIB"u8);
        FixedArray.VisitEntries(block, Math.Min(_inIndexBlock, _count), _entrySize, 0, _visit);
        block.Skip((_inIndexBlock - Math.Min(_inIndexBlock, _count)) * _entrySize);
        long first = _inIndexBlock;
        for (var number = 0; number < superBlocks; number++)
        {
            var (blocks, perBlock) = SuperBlock(number);
            if (number < listedHere)
            {
                for (long i = 0; i < blocks; i++)
                {
                    VisitDataBlock(block.OptionalAddress(), first + (i * perBlock), perBlock, written: default, page: 0);
                }
            }
            else if (block.OptionalAddress() is { } superBlock && first < _count)
            {
                VisitSuperBlock(superBlock, first, blocks, perBlock);
            }

            first += blocks * perBlock;
            if (first >= _count && number >= listedHere)
            {
                break;
            }
        }
    }

    private void VisitSuperBlock(long address, long first, long blocks, long perBlock)
    {
        var pages = perBlock > _perPage ? perBlock / _perPage : 0;
        var bitBytes = (pages + 7) / 8;
        if (blocks > _context.Length / _context.OffsetSize || (bitBytes > 0 && blocks > _context.Length / bitBytes))
        {
            throw _context.Error(address, $"a chunk index lists {blocks} blocks");
        }

        var size = BlockPrefix + OffsetBytes + (blocks * bitBytes) + (blocks * _context.OffsetSize) + sizeof(uint);
        var block = Open(address, size, "EASB"u8);
        block.Skip(OffsetBytes);
        var written = block.Bytes((int)(blocks * bitBytes)).ToArray();
        for (long i = 0; i < blocks; i++)
        {
            // Each block has whole bytes of room for its pages' bits, but the bits follow one another without gaps.
            VisitDataBlock(block.OptionalAddress(), first + (i * perBlock), perBlock, written, i * pages);
        }
    }

    /// <param name="address">Null for a block that was never written.</param>
    /// <param name="first">Its first entry's number.</param>
    /// <param name="count">Its entries.</param>
    /// <param name="written">Which pages were written, where the super block says so.</param>
    /// <param name="page">The block's first page among them.</param>
    private void VisitDataBlock(long? address, long first, long count, ReadOnlySpan<byte> written, long page)
    {
        if (address is not { } at || first >= _count)
        {
            return;
        }

        var prefix = BlockPrefix + OffsetBytes;
        var paged = count > _perPage;
        if (count > _context.Length / _entrySize)
        {
            throw _context.Error(at, $"a chunk index has a block of {count} entries");
        }

        var block = Open(at, prefix + (paged ? 0 : count * _entrySize) + sizeof(uint), "EADB"u8);
        block.Skip(OffsetBytes);
        if (!paged)
        {
            FixedArray.VisitEntries(block, count, _entrySize, first, _visit);
            return;
        }

        at += prefix + sizeof(uint);
        var pageSize = (_perPage * _entrySize) + sizeof(uint);
        for (long done = 0; done < count; done += _perPage, page++, at += pageSize)
        {
            if (written.IsEmpty || FixedArray.IsSet(written, page))
            {
                var entries = _context.Read(at, pageSize, _budget, "a chunk index' page");
                entries.VerifyTrailingChecksum("a chunk index' page");
                FixedArray.VisitEntries(entries, _perPage, _entrySize, first + done, _visit);
            }
        }
    }

    private BlockCursor Open(long address, long size, ReadOnlySpan<byte> signature)
    {
        var block = _context.Read(address, size, _budget, "a chunk index' block");
        block.VerifyTrailingChecksum("a chunk index' block");
        block.Signature(signature);
        block.Version(0, 0, "a chunk index' block");
        block.Version(_client, _client, "a chunk index' block (its entries)");
        return block.Address("a chunk index") == _address ? block
            : throw _context.Error(address, "a block belongs to another chunk index");
    }
}
