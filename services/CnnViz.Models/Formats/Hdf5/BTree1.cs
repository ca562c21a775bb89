namespace CnnViz.Models.Hdf5;

/// <summary>Trees of version 1: the index of old-style groups and of chunks.</summary>
internal static class BTree1
{
    private const int GroupNode = 0;
    private const int ChunkNode = 1;

    private static ReadOnlySpan<byte> Signature => "TREE"u8;

    /// <summary>Visits a group's symbol nodes.</summary>
    public static void VisitGroup(FileContext context, long root, WorkBudget budget, Action<long> visit) =>
        Visit(context, root, GroupNode, context.LengthSize, budget, (_, child) => visit(child));

    /// <summary>Visits a dataset's chunks.</summary>
    /// <param name="context">The file.</param>
    /// <param name="root">The tree's address.</param>
    /// <param name="rank">The dataset's axes.</param>
    /// <param name="budget">What may still be read.</param>
    /// <param name="visit">Takes the key (stored size, filter mask, first element by axis) and the chunk's address.</param>
    public static void VisitChunks(
        FileContext context, long root, int rank, WorkBudget budget, Action<BlockCursor, long> visit) =>
        Visit(context, root, ChunkNode, 8 + (8 * (rank + 1)), budget, visit);

    private static void Visit(
        FileContext context, long root, int type, int keySize, WorkBudget budget, Action<BlockCursor, long> visit)
    {
        var visited = new HashSet<long>();

        // The level expected of each node is one below its parent's, so that no path is longer than the root's level.
        var pending = new Stack<(long Address, int? Level)>([(root, null)]);
        while (pending.TryPop(out var next))
        {
            if (!visited.Add(next.Address))
            {
                throw context.Error(next.Address, "a tree's node is reached twice");
            }

            var prefixSize = 8 + (2 * context.OffsetSize);
            var prefix = context.Read(next.Address, prefixSize, budget, "a tree's node");
            prefix.Signature(Signature);
            var (foundType, level) = (prefix.U8(), prefix.U8());
            if (foundType != type || (next.Level ?? level) != level || level > Hdf5Limits.MaxTreeDepth)
            {
                throw context.Error(next.Address, $"a tree's node has type {foundType} and level {level}");
            }

            long count = prefix.U16();
            var size = count * (keySize + context.OffsetSize);
            var entries = context.Read(next.Address + prefixSize, size, budget, "a tree's node");
            var children = new List<(long Address, int? Level)>();
            for (var i = 0; i < count; i++)
            {
                var key = entries.Slice(keySize);
                var child = entries.Address("a tree's child");
                if (level == 0)
                {
                    visit(key, child);
                }
                else
                {
                    children.Add((child, level - 1));
                }
            }

            // Last first, so that the first is taken next.
            children.Reverse();
            children.ForEach(pending.Push);
        }
    }
}
