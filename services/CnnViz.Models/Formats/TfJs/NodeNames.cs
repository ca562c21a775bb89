namespace CnnViz.Models.TfJs;

/// <summary>
/// Short layer names: scopes that all computing nodes share ("PartitionedCall/", "tower_0/"), ONNX-TF's "onnx_tf_prefix_" and a
/// trailing "/BiasAdd" are left out wherever the result is still unique in the graph.
/// </summary>
internal sealed class NodeNames
{
    private const string OnnxPrefix = "onnx_tf_prefix_";
    private const string BiasSuffix = "/BiasAdd";
    private readonly Dictionary<string, string> _shortNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    public NodeNames(IReadOnlyList<NodeDef> nodes)
    {
        var layers = nodes.Where(node => node.Op != "Const").ToArray();
        var scope = SharedScope(
            layers.Where(node => node.Op is not ("Placeholder" or "Identity" or "NoOp")).Select(node => node.Name));
        var full = layers.Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var group in layers.Select(node => node.Name).GroupBy(name => Shorten(name, scope), StringComparer.Ordinal))
        {
            var names = group.ToArray();
            foreach (var name in names)
            {
                var unique = names.Length == 1 && (group.Key == name || !full.Contains(group.Key));
                _shortNames[name] = unique ? group.Key : name;
                _taken.Add(_shortNames[name]);
            }
        }
    }

    /// <summary>The layer name of a node that is not a constant.</summary>
    public string Short(string node) => _shortNames[node];

    /// <summary>
    /// A name for the convolution or product within a fused node whose own name stands for the activation after it: the scope
    /// when the node is called after its activation ("Conv2d_0/Relu6" gives "Conv2d_0"), else "…/preactivation".
    /// </summary>
    public string PreActivation(string node, Func<string, bool> isFree)
    {
        var name = Short(node);
        var slash = name.LastIndexOf('/');
        if (slash > 0 && name[(slash + 1)..] is "Relu" or "Relu6" or "LeakyRelu" or "Elu" or "Sigmoid" or "Prelu" or "Tanh")
        {
            var scope = name[..slash];
            if (!_taken.Contains(scope) && isFree(scope))
            {
                return scope;
            }
        }

        return $"{name}/preactivation";
    }

    private static string Shorten(string name, string scope)
    {
        if (name.Length > scope.Length && name.StartsWith(scope, StringComparison.Ordinal))
        {
            name = name[scope.Length..];
        }

        if (name.Length > OnnxPrefix.Length && name.StartsWith(OnnxPrefix, StringComparison.Ordinal))
        {
            name = name[OnnxPrefix.Length..];
        }

        return name.Length > BiasSuffix.Length && name.EndsWith(BiasSuffix, StringComparison.Ordinal)
            ? name[..^BiasSuffix.Length]
            : name;
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
