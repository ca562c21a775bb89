namespace CnnViz.Models.Hdf5;

/// <summary>A group: named links to groups and datasets.</summary>
public sealed class Hdf5Group
{
    private readonly ObjectTable _objects;
    private readonly int _depth;
    private readonly ObjectHeader _header;
    private readonly Lazy<GroupLinks> _links;

    internal Hdf5Group(ObjectTable objects, string path, int depth, ObjectHeader header)
    {
        (_objects, Path, _depth, _header) = (objects, path, depth, header);
        _links = new Lazy<GroupLinks>(() => objects.Links(header));
        Attributes = objects.Attributes(header);
    }

    /// <summary>Names from the root, joined by '/'; empty for the root.</summary>
    public string Path { get; }

    /// <summary>Names of the links in ordinal order. A soft or external link is listed but cannot be opened.</summary>
    /// <exception cref="ModelFormatException">The group's index is damaged or of a kind that is not read.</exception>
    public IReadOnlyList<string> Names => _links.Value.Names;

    /// <summary>The group's attributes.</summary>
    public Hdf5Attributes Attributes { get; }

    /// <param name="path">One or more names joined by '/', relative to this group.</param>
    /// <returns>Null when there is nothing of that name, or a dataset.</returns>
    /// <exception cref="ModelFormatException">The object is damaged, nests too deep, lies within itself or is linked twice, or
    /// the link is soft or external.</exception>
    public Hdf5Group? Group(string path)
    {
        var group = this;
        foreach (var name in Parts(path))
        {
            if (group.Find(name) is not { } address || !_objects.Header(address).IsGroup)
            {
                return null;
            }

            group = _objects.Group(address, group.Join(name), group._depth + 1);
        }

        return group;
    }

    /// <param name="path">One or more names joined by '/', relative to this group.</param>
    /// <returns>Null when there is nothing of that name, or a group.</returns>
    /// <exception cref="ModelFormatException">The object is damaged or stored in a way that is not read, or the link is soft or
    /// external.</exception>
    public Hdf5Dataset? Dataset(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var last = path.LastIndexOf('/');
        var group = last < 0 ? this : Group(path[..last]);
        var name = path[(last + 1)..];
        return group?.Find(name) is { } address && _objects.Header(address).IsDataset
            ? _objects.Dataset(address, group.Join(name))
            : null;
    }

    private static string[] Parts(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Split('/', StringSplitOptions.RemoveEmptyEntries);
    }

    private string Join(string name) => Path.Length == 0 ? name : $"{Path}/{name}";

    private long? Find(string name) => _header.IsGroup ? _links.Value.Find(name) : null;
}
