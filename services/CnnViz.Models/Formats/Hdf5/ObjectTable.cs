namespace CnnViz.Models.Hdf5;

/// <summary>
/// The objects of one file, each parsed once whatever the number of links to it. A group has one path only and what datasets
/// declare counts for every path to them, so that walking all of a file ends and costs no more than such a file may.
/// </summary>
internal sealed class ObjectTable(FileContext context)
{
    private readonly Lock _gate = new();
    private readonly WorkBudget _budget = new(context);
    private readonly WorkBudget _names = new(context, WorkBudget.NamesPerByte);
    private readonly DeclaredBytes _declared = new(context);
    private readonly Dictionary<long, ObjectHeader> _headers = [];
    private readonly Dictionary<long, Hdf5Group> _groups = [];
    private readonly Dictionary<long, DatasetStorage> _storages = [];
    private readonly Dictionary<string, Hdf5Dataset> _datasets = new(StringComparer.Ordinal);
    private int _linkCount;
    private int _messageCount;

    public ObjectHeader Header(long address)
    {
        lock (_gate)
        {
            if (!_headers.TryGetValue(address, out var header))
            {
                header = ObjectHeaderReader.Read(context, address, _budget);
                _messageCount += header.MessageCount;
                RequireFew(_messageCount, address, "messages");
                _headers.Add(address, header);
            }

            return header;
        }
    }

    public Hdf5Group Group(long address, string path, int depth)
    {
        lock (_gate)
        {
            if (!_groups.TryGetValue(address, out var group))
            {
                if (depth > Hdf5Limits.MaxDepth)
                {
                    throw context.Error(address, $"groups nest deeper than {Hdf5Limits.MaxDepth}");
                }

                _names.Take(path.Length, address);
                group = new Hdf5Group(this, path, depth, Header(address));
                _groups.Add(address, group);
            }

            return group.Path == path ? group
                : throw context.Error(address, $"group '{path}' is also '{group.Path}'; groups linked twice are not supported");
        }
    }

    public Hdf5Dataset Dataset(long address, string path)
    {
        lock (_gate)
        {
            if (!_datasets.TryGetValue(path, out var dataset))
            {
                var header = Header(address);
                if (!_storages.TryGetValue(address, out var storage))
                {
                    storage = new DatasetStorage(context, header);
                    _storages.Add(address, storage);
                }

                _declared.Add(storage.DeclaredBytes, storage.IsStoredAsIs, address);
                _names.Take(path.Length, address);
                dataset = new Hdf5Dataset(path, storage, Attributes(header));
                _datasets.Add(path, dataset);
            }

            return dataset;
        }
    }

    /// <summary>Reads a group's links; the group keeps them.</summary>
    public GroupLinks Links(ObjectHeader header)
    {
        lock (_gate)
        {
            var links = GroupLinks.Read(context, header, _budget, _names);
            _linkCount += links.Names.Count;
            RequireFew(_linkCount, header.Address, "links");
            return links;
        }
    }

    /// <summary>Reads an object's attributes; the object keeps them.</summary>
    public Hdf5Attributes Attributes(ObjectHeader header)
    {
        lock (_gate)
        {
            return new Hdf5Attributes(context, AttributeTable.Read(context, header, _budget, _names));
        }
    }

    private void RequireFew(int count, long address, string what)
    {
        if (count > Hdf5Limits.MaxObjects)
        {
            throw context.Error(address, $"the file's objects have more than {Hdf5Limits.MaxObjects} {what}");
        }
    }
}
