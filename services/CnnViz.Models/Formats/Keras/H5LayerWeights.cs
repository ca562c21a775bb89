using CnnViz.Models.Hdf5;

namespace CnnViz.Models.Keras;

/// <summary>
/// Weights as Keras' .h5 files hold them: a group per layer, whose attribute "weight_names" lists its datasets in order.
/// A nested model is one group with all its layers' weights.
/// </summary>
internal sealed class H5LayerWeights : IKerasWeights
{
    private readonly Hdf5File _file;
    private readonly Hdf5Group _root;
    private readonly Dictionary<string, IReadOnlyList<KerasArray>> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ILookup<string, KerasArray>> _nested = new(StringComparer.Ordinal);

    /// <param name="file">Owned.</param>
    public H5LayerWeights(Hdf5File file)
    {
        _file = file;

        // model.save puts them into a group of their own, save_weights and the official files into the root.
        _root = file.Root.Group("model_weights") ?? file.Root;
        LayerNames = Names(_root, "layer_names")
            ?? throw new ModelFormatException("it has no attribute 'layer_names': it is no weight file of Keras");
    }

    /// <summary>The layers that the file has groups for, in the model's order; many have no weights.</summary>
    public IReadOnlyList<string> LayerNames { get; }

    public IReadOnlyList<KerasArray> Of(KerasWeightedLayer layer)
    {
        var outer = layer.Path[0].Layer.Name;
        return layer.Path.Count == 1 ? OfGroup(outer) : OfNested(layer, outer);
    }

    /// <summary>The arrays of one group in order; empty where there is no such group.</summary>
    public IReadOnlyList<KerasArray> OfGroup(string name)
    {
        if (_groups.TryGetValue(name, out var known))
        {
            return known;
        }

        List<KerasArray> arrays = [];
        if (_root.Group(name) is { } group)
        {
            foreach (var weight in Names(group, "weight_names") ?? [])
            {
                var dataset = group.Dataset(weight) ?? throw new ModelFormatException(
                    $"group '{KerasConfigReader.Shortened(name)}' lists the weight '{KerasConfigReader.Shortened(weight)}', "
                    + "which there is not");
                arrays.Add(KerasArray.Of(dataset));
            }
        }

        return _groups[name] = arrays;
    }

    public WeightStore Open(IReadOnlyCollection<StoredTensor> stored) => new(_file.Source, stored);

    public void Dispose() => _file.Dispose();

    /// <summary>A list of names; Keras splits one that is too long for an attribute into name0, name1, ...</summary>
    internal static IReadOnlyList<string>? Names(Hdf5Group group, string attribute)
    {
        if (group.Attributes.Contains(attribute))
        {
            return group.Attributes.Strings(attribute);
        }

        List<string>? names = null;
        for (var i = 0; group.Attributes.Contains($"{attribute}{i}"); i++)
        {
            (names ??= []).AddRange(group.Attributes.Strings($"{attribute}{i}") ?? []);
        }

        return names;
    }

    /// <summary>Within a nested model's group the datasets are told apart by their names: ".../layer/variable:0".</summary>
    private KerasArray[] OfNested(KerasWeightedLayer layer, string outer)
    {
        if (!_nested.TryGetValue(outer, out var byLayer))
        {
            byLayer = OfGroup(outer).ToLookup(array => array.Name.Split('/')[^2], StringComparer.Ordinal);
            _nested[outer] = byLayer;
        }

        KerasArray[] named = [.. byLayer[layer.Layer.Name]];
        if (named.Length <= layer.Variables.Count)
        {
            return named;
        }

        // The same name in several models: what lies nearest along the path.
        string[] path = [.. layer.Path.Select(step => step.Layer.Name)];
        return [.. named.Where(array => path.All(array.Name.Split('/').Contains))];
    }
}
