namespace CnnViz.Models.Hdf5;

/// <summary>
/// The objects of one file by address, each parsed once whatever the number of links to it, so that together they cost no more
/// than the file has.
/// </summary>
internal sealed class ObjectTable(FileContext context)
{
    private readonly Lock _gate = new();
    private readonly WorkBudget _budget = new(context);
    private readonly DeclaredBytes _declared = new(context);
    private readonly Dictionary<long, ObjectHeader> _headers = [];
    private readonly Dictionary<long, GroupLinks> _links = [];
    private readonly Dictionary<long, Hdf5Attributes> _attributes = [];
    private readonly Dictionary<long, DatasetStorage> _storages = [];
    private int _linkCount;
    private int _messageCount;

    public FileContext Context { get; } = context;

    public ObjectHeader Header(long address)
    {
        lock (_gate)
        {
            if (!_headers.TryGetValue(address, out var header))
            {
                header = ObjectHeaderReader.Read(Context, address, _budget);
                _messageCount += header.MessageCount;
                RequireFew(_messageCount, address, "messages");
                _headers.Add(address, header);
            }

            return header;
        }
    }

    public GroupLinks Links(long address)
    {
        lock (_gate)
        {
            if (!_links.TryGetValue(address, out var links))
            {
                links = GroupLinks.Read(Context, Header(address), _budget);
                _linkCount += links.Names.Count;
                RequireFew(_linkCount, address, "links");
                _links.Add(address, links);
            }

            return links;
        }
    }

    public Hdf5Attributes Attributes(long address)
    {
        lock (_gate)
        {
            if (!_attributes.TryGetValue(address, out var attributes))
            {
                attributes = new Hdf5Attributes(Context, AttributeTable.Read(Context, Header(address), _budget));
                _attributes.Add(address, attributes);
            }

            return attributes;
        }
    }

    public Hdf5Dataset Dataset(long address, string path)
    {
        lock (_gate)
        {
            if (!_storages.TryGetValue(address, out var storage))
            {
                storage = DatasetStorage.Read(Context, Header(address), _declared);
                _storages.Add(address, storage);
            }

            return new Hdf5Dataset(path, storage, Attributes(address));
        }
    }

    private void RequireFew(int count, long address, string what)
    {
        if (count > Hdf5Limits.MaxObjects)
        {
            throw Context.Error(address, $"the file's objects have more than {Hdf5Limits.MaxObjects} {what}");
        }
    }
}
