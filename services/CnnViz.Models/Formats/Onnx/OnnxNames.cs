namespace CnnViz.Models.Onnx;

/// <summary>
/// Short layer names. A node without a name goes by its first output. The scope that all scoped names share ("Model/") is left
/// out, and so is what tf2onnx appends to a node made of several ("Conv1_relu/Relu6_Model/bn_Conv1/..."), wherever that stays
/// unambiguous.
/// </summary>
internal sealed class OnnxNames
{
    private readonly Dictionary<OnnxNode, string> _short = new(ReferenceEqualityComparer.Instance);

    /// <param name="nodes">All nodes.</param>
    /// <param name="reserved">Names that are taken: the graph's inputs.</param>
    public OnnxNames(IReadOnlyList<OnnxNode> nodes, IEnumerable<string> reserved)
    {
        var scope = SharedScope(nodes.Select(node => node.Title).Where(title => title.Contains('/')));
        var taken = reserved.ToHashSet(StringComparer.Ordinal);
        var titles = nodes.Select(node => node.Title).ToHashSet(StringComparer.Ordinal);
        var counts = nodes.GroupBy(node => Shorten(node.Title, scope), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            var name = Shorten(node.Title, scope);
            if (counts[name] > 1 || (name != node.Title && titles.Contains(name)))
            {
                name = node.Title;
            }

            name = Cut(name.Length > 0 ? name : node.Op);
            var unique = name;
            for (var i = 1; !taken.Add(unique); i++)
            {
                unique = $"{name}_{i}";
            }

            _short[node] = unique;
        }
    }

    public string this[OnnxNode node] => _short[node];

    /// <summary>Leaves room for a suffix.</summary>
    private static string Cut(string name) =>
        name.Length <= ModelLimits.MaxNameLength - 64 ? name : name[..(ModelLimits.MaxNameLength - 64)];

    private static string Shorten(string name, string scope)
    {
        if (scope.Length == 0 || !name.StartsWith(scope, StringComparison.Ordinal) || name.Length == scope.Length)
        {
            return name;
        }

        var appended = name.IndexOf("_" + scope, scope.Length, StringComparison.Ordinal);
        return appended > scope.Length ? name[scope.Length..appended] : name[scope.Length..];
    }

    private static string SharedScope(IEnumerable<string> names)
    {
        string? shared = null;
        foreach (var name in names)
        {
            var scope = name[..(name.LastIndexOf('/') + 1)];
            shared ??= scope;
            while (!scope.StartsWith(shared, StringComparison.Ordinal))
            {
                shared = shared[..(shared[..^1].LastIndexOf('/') + 1)];
            }
        }

        return shared ?? "";
    }
}
