namespace CnnViz.Models.Keras;

/// <summary>
/// A TensorFlow.js layers model's weights: "layer/variable", and in converted files also with the layer's name doubled or its
/// models' before it.
/// </summary>
internal sealed class LayersModelWeights : IKerasWeights
{
    private readonly WeightStore _store;
    private readonly ILookup<(string Layer, string Variable), string> _byEnd;
    private readonly ILookup<(string Outer, string Layer, string Variable), string> _byEnds;

    /// <param name="store">The manifest's weights; owned.</param>
    public LayersModelWeights(WeightStore store)
    {
        _store = store;
        (string Key, string[] Parts)[] names =
            [.. store.Keys.Select(key => (Key: key, Parts: key.Split('/'))).Where(entry => entry.Parts.Length > 1)];
        _byEnd = names.ToLookup(entry => (entry.Parts[^2], entry.Parts[^1]), entry => entry.Key);
        _byEnds = names.ToLookup(entry => (entry.Parts[0], entry.Parts[^2], entry.Parts[^1]), entry => entry.Key);
    }

    public IReadOnlyList<KerasArray> Of(KerasWeightedLayer layer)
    {
        List<KerasArray> arrays = [];
        foreach (var variable in layer.Variables)
        {
            if (Find(layer, variable.Name) is { } key)
            {
                arrays.Add(new KerasArray(key, _store.ShapeOf(key)) { Stored = _store.Entry(key) });
            }
        }

        return arrays;
    }

    public WeightStore Open(IReadOnlyCollection<StoredTensor> stored) => _store;

    public void Dispose() => _store.Dispose();

    private string? Find(KerasWeightedLayer layer, string variable)
    {
        var own = layer.Layer.Name;
        if (layer.Path.Count == 1 && _store.Contains($"{own}/{variable}"))
        {
            return $"{own}/{variable}";
        }

        // Several layers of the name lie in different models: the outermost one's name then leads.
        var found = _byEnd[(own, variable)].Take(2).ToArray();
        return found.Length == 1 ? found[0] : _byEnds[(layer.Path[0].Layer.Name, own, variable)].FirstOrDefault();
    }
}
