namespace CnnViz.Models.Hdf5;

/// <summary>A group's links by name.</summary>
internal sealed class GroupLinks
{
    private readonly FileContext _context;
    private readonly long _group;
    private readonly WorkBudget _budget;
    private readonly WorkBudget _names;
    private readonly SortedDictionary<string, long?> _links = new(StringComparer.Ordinal);

    private GroupLinks(FileContext context, long group, WorkBudget budget, WorkBudget names) =>
        (_context, _group, _budget, _names) = (context, group, budget, names);

    public IReadOnlyList<string> Names { get; private set; } = [];

    /// <param name="context">The file.</param>
    /// <param name="header">The group.</param>
    /// <param name="budget">What may still be read.</param>
    /// <param name="names">What may still be decoded.</param>
    public static GroupLinks Read(FileContext context, ObjectHeader header, WorkBudget budget, WorkBudget names)
    {
        var links = new GroupLinks(context, header.Address, budget, names);
        if (header.Find(MessageType.SymbolTable) is { } table)
        {
            SymbolTable.Read(table.Open(), budget, links.Add);
        }

        foreach (var message in header.All(MessageType.Link))
        {
            links.Add(message.Open());
        }

        if (header.Find(MessageType.LinkInfo) is { } info)
        {
            links.AddDense(info.Open());
        }

        links.Names = [.. links._links.Keys];
        return links;
    }

    /// <summary>The object header's address; null when there is no such link.</summary>
    /// <exception cref="ModelFormatException">The link is soft or external.</exception>
    public long? Find(string name) => !_links.TryGetValue(name, out var address) ? null
        : address ?? throw _context.Error(_group, $"link '{name}' is soft or external; only hard links are supported");

    /// <param name="name">The link's name.</param>
    /// <param name="address">Null for a link that is not hard.</param>
    /// <param name="at">Where the link lies.</param>
    private void Add(string name, long? address, long at)
    {
        if (name.Length == 0 || name == "." || name.Contains('/', StringComparison.Ordinal))
        {
            throw _context.Error(at, $"'{name}' is no possible name");
        }

        // Names may overlap in the file, each a part of the next.
        _names.Take(name.Length, at);
        if (_links.Count >= Hdf5Limits.MaxObjects || !_links.TryAdd(name, address))
        {
            throw _context.Error(at, $"two links of one group are named '{name}', or more than {Hdf5Limits.MaxObjects}");
        }
    }

    private void Add(BlockCursor cursor)
    {
        var at = cursor.At;
        cursor.Version(1, 1, "a link");
        var flags = cursor.U8();
        var kind = (flags & 0x08) != 0 ? cursor.U8() : 0;
        cursor.Skip((flags & 0x04) != 0 ? 8 : 0);
        cursor.Skip((flags & 0x10) != 0 ? 1 : 0);
        var name = cursor.Text(cursor.Count(1 << (flags & 3)), "a link's name");
        Add(name, kind == 0 ? cursor.Address($"link '{name}'") : null, at);
    }

    /// <summary>Links of a large group lie in a heap; a tree of their names' hashes lists them.</summary>
    private void AddDense(BlockCursor info)
    {
        const int RecordType = 5;
        info.Version(0, 0, "a group's link info");
        info.Skip((info.U8() & 1) != 0 ? 8 : 0);
        if (info.OptionalAddress() is not { } heapAddress)
        {
            return;
        }

        var heap = FractalHeap.Read(_context, heapAddress, _budget);
        BTree2.Visit(_context, info.Address("a group's name index"), RecordType, _budget, record =>
        {
            // A hash of the name, then where the link lies in the heap.
            record.Skip(4);
            Add(heap.Find(record, _budget));
        });
    }
}
