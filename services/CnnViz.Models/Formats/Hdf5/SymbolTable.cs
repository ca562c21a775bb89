namespace CnnViz.Models.Hdf5;

/// <summary>The links of an old-style group: a tree of symbol nodes whose names lie in a local heap.</summary>
internal static class SymbolTable
{
    private const int CachedSoftLink = 2;

    private static ReadOnlySpan<byte> HeapSignature => "HEAP"u8;

    private static ReadOnlySpan<byte> NodeSignature => "SNOD"u8;

    /// <param name="message">The group's symbol table message.</param>
    /// <param name="budget">What may still be read.</param>
    /// <param name="add">Takes name, object header (null for a soft link) and the entry's place.</param>
    public static void Read(BlockCursor message, WorkBudget budget, Action<string, long?, long> add)
    {
        var tree = message.Address("a group's index");
        var heap = ReadHeap(message.Context, message.Address("a group's names"), budget);
        BTree1.VisitGroup(message.Context, tree, budget, node => ReadNode(message.Context, node, heap, budget, add));
    }

    private static BlockCursor ReadHeap(FileContext context, long address, WorkBudget budget)
    {
        var prefix = context.Read(address, 8 + (2 * context.LengthSize) + context.OffsetSize, budget, "a group's names");
        prefix.Signature(HeapSignature);
        prefix.Version(0, 0, "a local heap");
        prefix.Skip(3);
        var size = prefix.Length();
        prefix.Length();
        return context.Read(prefix.Address("a group's names"), size, budget, "a group's names");
    }

    private static void ReadNode(
        FileContext context, long address, BlockCursor heap, WorkBudget budget, Action<string, long?, long> add)
    {
        var prefix = context.Read(address, 8, budget, "a group's symbol node");
        prefix.Signature(NodeSignature);
        prefix.Version(1, 1, "a symbol node");
        prefix.Skip(1);
        long count = prefix.U16();
        var entries = context.Read(address + 8, count * ((2 * context.OffsetSize) + 24), budget, "a group's symbol node");
        for (var i = 0; i < count; i++)
        {
            var at = entries.At;
            var nameAt = entries.Count(context.OffsetSize);
            var names = heap.Rest();
            names.Skip(nameAt);
            var name = names.TerminatedText("a link's name");
            var target = entries.OptionalAddress();
            var cached = entries.U32();
            entries.Skip(20);
            add(name, cached == CachedSoftLink ? null : target, at);
        }
    }
}
