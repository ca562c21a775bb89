namespace CnnViz.Models.Hdf5;

/// <summary>A block of strings of variable length, found by number.</summary>
internal sealed class GlobalHeapCollection
{
    private readonly FileContext _context;
    private readonly long _address;
    private readonly BlockCursor _block;
    private readonly Dictionary<uint, (int Start, int Length)> _objects = [];

    private GlobalHeapCollection(FileContext context, long address, BlockCursor block) =>
        (_context, _address, _block) = (context, address, block);

    private static ReadOnlySpan<byte> Signature => "GCOL"u8;

    public static GlobalHeapCollection Read(FileContext context, long address, WorkBudget budget)
    {
        var prefixSize = Aligned(8 + context.LengthSize);
        var prefix = context.Read(address, prefixSize, budget, "a string heap");
        prefix.Signature(Signature);
        prefix.Version(1, 1, "a string heap");
        prefix.Skip(3);
        var size = prefix.Length();
        var block = context.Read(address, size, budget, "a string heap");
        var collection = new GlobalHeapCollection(context, address, block.Rest());
        block.Skip(prefixSize);
        var objectPrefix = Aligned(8 + context.LengthSize);
        while (block.Left >= objectPrefix)
        {
            uint number = block.U16();
            block.Skip(6);
            var length = block.Length();
            block.Skip(objectPrefix - 8 - context.LengthSize);
            if (number == 0)
            {
                // Free space is last.
                break;
            }

            var start = collection._block.Left - block.Left;
            block.Skip(length);
            if (!collection._objects.TryAdd(number, (start, (int)length)))
            {
                throw context.Error(address, $"a string heap has two objects {number}");
            }

            block.Skip(Math.Min(Aligned((int)length) - length, block.Left));
        }

        return collection;
    }

    public BlockCursor Find(uint number)
    {
        if (!_objects.TryGetValue(number, out var found))
        {
            throw _context.Error(_address, $"a string heap has no object {number}");
        }

        var block = _block.Rest();
        block.Skip(found.Start);
        return block.Slice(found.Length);
    }

    /// <summary>Prefixes and objects take whole units of eight bytes.</summary>
    private static long Aligned(int length) => (length + 7L) / 8 * 8;
}
