using System.Numerics;

namespace CnnViz.Models.Hdf5;

/// <summary>Trees of version 2: the index of large groups, many attributes and chunks that grow along several axes.</summary>
internal sealed class BTree2
{
    private const int NodeOverhead = 10;

    private readonly FileContext _context;
    private readonly WorkBudget _budget;
    private readonly Action<BlockCursor> _visit;
    private readonly int _type;
    private readonly long _nodeSize;
    private readonly int _recordSize;
    private readonly int _countSize;
    private readonly int[] _totalSizes;
    private readonly HashSet<long> _visited = [];
    private long _left;

    private BTree2(FileContext context, BlockCursor header, int type, WorkBudget budget, Action<BlockCursor> visit)
    {
        (_context, _budget, _visit, _type) = (context, budget, visit, type);
        var at = header.At;
        header.VerifyTrailingChecksum("a tree's header");
        header.Signature("BTHD"u8);
        header.Version(0, 0, "a tree of version 2");
        int found = header.U8();
        _nodeSize = header.U32();
        _recordSize = header.U16();
        Depth = header.U16();
        header.Skip(2);
        Root = header.OptionalAddress();
        RootRecords = header.U16();
        _left = header.Length();
        if (found != type || _recordSize == 0 || _nodeSize < NodeOverhead + _recordSize || Depth > Hdf5Limits.MaxTreeDepth)
        {
            throw context.Error(
                at, $"a tree of type {found} has records of {_recordSize} bytes in nodes of {_nodeSize}, {Depth} deep");
        }

        context.Require(at, _nodeSize, "a tree's node");
        var most = (_nodeSize - NodeOverhead) / _recordSize;
        _countSize = SizeFor(most);
        _totalSizes = TotalSizes(most, at);
    }

    private int Depth { get; }

    private long? Root { get; }

    private int RootRecords { get; }

    /// <param name="context">The file.</param>
    /// <param name="address">The tree's header.</param>
    /// <param name="type">What its records must be.</param>
    /// <param name="budget">What may still be read.</param>
    /// <param name="visit">Takes each record, in the tree's order.</param>
    public static void Visit(FileContext context, long address, int type, WorkBudget budget, Action<BlockCursor> visit)
    {
        var size = 22 + context.OffsetSize + context.LengthSize;
        var tree = new BTree2(context, context.Read(address, size, budget, "a tree's header"), type, budget, visit);
        if (tree.Root is { } root)
        {
            tree.VisitNode(root, tree.RootRecords, tree.Depth);
        }
    }

    /// <summary>Bytes that the format takes for a count of at most <paramref name="most"/>.</summary>
    private static int SizeFor(long most) => (BitOperations.Log2((ulong)Math.Max(1, most)) / 8) + 1;

    /// <summary>Bytes of the number of records below a child, by the child's depth; a leaf's is not written.</summary>
    private int[] TotalSizes(long mostInLeaf, long at)
    {
        var sizes = new int[Depth + 1];
        var total = mostInLeaf;
        for (var depth = 1; depth <= Depth; depth++)
        {
            var pointer = _context.OffsetSize + _countSize + sizes[depth - 1];
            var most = (_nodeSize - NodeOverhead - pointer) / (_recordSize + pointer);
            if (most < 1 || total > long.MaxValue / (most + 2))
            {
                throw _context.Error(at, $"a tree with nodes of {_nodeSize} bytes cannot be {Depth} deep");
            }

            total = ((most + 1) * total) + most;
            sizes[depth] = SizeFor(total);
        }

        return sizes;
    }

    /// <summary>Recursion is as deep as the tree, which is bounded.</summary>
    private void VisitNode(long address, int count, int depth)
    {
        if (!_visited.Add(address))
        {
            throw _context.Error(address, "a tree's node is reached twice");
        }

        var pointer = depth == 0 ? 0 : _context.OffsetSize + _countSize + _totalSizes[depth - 1];
        var used = NodeOverhead + ((long)count * _recordSize) + ((count + 1L) * pointer);
        if (used > _nodeSize)
        {
            throw _context.Error(address, $"a tree's node has {count} records in {_nodeSize} bytes");
        }

        // The checksum follows what is used, not the node's end.
        var node = _context.Read(address, used, _budget, "a tree's node");
        node.VerifyTrailingChecksum("a tree's node");
        node.Signature(depth == 0 ? "BTLF"u8 : "BTIN"u8);
        node.Version(0, 0, "a tree's node");
        node.Version(_type, _type, "a tree's node (its type)");
        var records = node.Slice((long)count * _recordSize);
        for (var i = 0; i < count; i++)
        {
            if (depth > 0)
            {
                VisitChild(node, depth);
            }

            if (--_left < 0)
            {
                throw _context.Error(address, "a tree has more records than it declares");
            }

            _visit(records.Slice(_recordSize));
        }

        if (depth > 0)
        {
            VisitChild(node, depth);
        }
    }

    private void VisitChild(BlockCursor node, int depth)
    {
        var child = node.Address("a tree's child");
        var count = node.Unsigned(_countSize);
        node.Skip(_totalSizes[depth - 1]);
        VisitNode(child, (int)Math.Min(count, int.MaxValue), depth - 1);
    }
}
