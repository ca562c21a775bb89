namespace CnnViz.Models.Hdf5;

/// <summary>The chunk index of datasets that cannot grow without bound.</summary>
internal static class FixedArray
{
    private const int Filtered = 1;

    /// <param name="context">The file.</param>
    /// <param name="address">The index' header.</param>
    /// <param name="filtered">Whether entries give stored sizes.</param>
    /// <param name="budget">What may still be read.</param>
    /// <param name="visit">Takes each entry and its number.</param>
    public static void Visit(FileContext context, long address, bool filtered, WorkBudget budget, Action<BlockCursor, long> visit)
    {
        var header = context.Read(address, 12 + context.LengthSize + context.OffsetSize, budget, "a chunk index");
        header.VerifyTrailingChecksum("a chunk index");
        header.Signature("FAHD"u8);
        header.Version(0, 0, "a chunk index");
        header.Version(filtered ? Filtered : 0, filtered ? Filtered : 0, "a chunk index (its entries)");
        int entrySize = header.U8();
        int pageBits = header.U8();
        var count = header.Length();
        if (header.OptionalAddress() is not { } dataAddress)
        {
            return;
        }

        var smallest = context.OffsetSize + (filtered ? sizeof(uint) + 1 : 0);
        if (entrySize < smallest || pageBits is 0 or > 30 || count > context.Length / entrySize)
        {
            throw context.Error(address, $"a chunk index has {count} entries of {entrySize} bytes in pages of 2^{pageBits}");
        }

        var perPage = 1L << pageBits;
        var prefixSize = 6 + context.OffsetSize;
        var pages = count > perPage ? (count + perPage - 1) / perPage : 0;
        var size = prefixSize + (pages == 0 ? count * entrySize : (pages + 7) / 8) + sizeof(uint);
        var block = context.Read(dataAddress, size, budget, "a chunk index");
        block.VerifyTrailingChecksum("a chunk index");
        block.Signature("FADB"u8);
        block.Skip(prefixSize - 4);
        if (pages == 0)
        {
            VisitEntries(block, count, entrySize, 0, visit);
            return;
        }

        var written = block.Bytes((int)((pages + 7) / 8)).ToArray();
        var at = dataAddress + size;
        for (long page = 0; page < pages; page++)
        {
            var inPage = Math.Min(perPage, count - (page * perPage));
            var pageSize = (inPage * entrySize) + sizeof(uint);
            if (IsSet(written, page))
            {
                var entries = context.Read(at, pageSize, budget, "a chunk index' page");
                entries.VerifyTrailingChecksum("a chunk index' page");
                VisitEntries(entries, inPage, entrySize, page * perPage, visit);
            }

            at += pageSize;
        }
    }

    public static void VisitEntries(BlockCursor block, long count, int entrySize, long first, Action<BlockCursor, long> visit)
    {
        for (long i = 0; i < count; i++)
        {
            visit(block.Slice(entrySize), first + i);
        }
    }

    /// <summary>Bits are counted from each byte's highest.</summary>
    public static bool IsSet(ReadOnlySpan<byte> bits, long index) => (bits[(int)(index / 8)] & (0x80 >> (int)(index % 8))) != 0;
}
