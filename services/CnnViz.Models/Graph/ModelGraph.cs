namespace CnnViz.Models;

/// <summary>
/// A network in memory: the one form that every reader produces and every engine consumes. Immutable; its weights are read
/// lazily from <see cref="Weights"/>, which the graph owns and disposes.
/// </summary>
public sealed class ModelGraph : IDisposable
{
    private readonly Dictionary<string, int> _indexByName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ListedLayer> _listedByName = new(StringComparer.Ordinal);

    /// <param name="name">The model's name in requests.</param>
    /// <param name="input">The picture input.</param>
    /// <param name="layers">Layers in topological order, the input layer first.</param>
    /// <param name="weights">Owned by the graph.</param>
    /// <exception cref="ModelFormatException">Names repeat, an input names no earlier layer, or a part comes after its
    /// whole.</exception>
    public ModelGraph(string name, InputSpec input, IReadOnlyList<Layer> layers, IWeightStore weights)
    {
        Name = name;
        Input = input;
        Layers = layers;
        Weights = weights;
        for (var i = 0; i < layers.Count; i++)
        {
            foreach (var source in layers[i].Inputs)
            {
                if (!_indexByName.ContainsKey(source))
                {
                    throw new ModelFormatException($"layer '{layers[i].Name}' takes '{source}', which is no earlier layer");
                }
            }

            if (!_indexByName.TryAdd(layers[i].Name, i))
            {
                throw new ModelFormatException($"two layers are named '{layers[i].Name}'");
            }
        }

        for (var i = 0; i < layers.Count; i++)
        {
            foreach (var alias in layers[i].SourceNames)
            {
                _indexByName.TryAdd(alias, i);
            }
        }

        Listed = ListedLayer.Group(layers);
        foreach (var listed in Listed)
        {
            foreach (var layer in listed.All)
            {
                _listedByName.Add(layer.Name, listed);
            }
        }
    }

    public string Name { get; }

    /// <summary>One line: what the network is, and its licence where known.</summary>
    public string Description { get; init; } = "";

    public InputSpec Input { get; }

    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>The layers as the source counts them: each part one with its whole.</summary>
    public IReadOnlyList<ListedLayer> Listed { get; }

    public IWeightStore Weights { get; }

    /// <summary>Name of the file that the weights are from, without its directory; empty for networks built in code.</summary>
    public string WeightsFile { get; internal set; } = "";

    /// <summary>True for a Keras Sequential model, whose summary leaves the input out.</summary>
    public bool Sequential { get; init; }

    /// <summary>True when a layer's weights are initial values and no training's result.</summary>
    public bool Untrained => Layers.Any(layer => layer.Untrained);

    /// <summary>Class names by index, where the source or the catalogue gives them; else empty.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The layer whose first channels are the classes of <see cref="Labels"/>, where the catalogue names it; else null.</summary>
    public string? DeclaredClassLayer { get; init; }

    /// <summary>Names of the layers the source declares as outputs.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>SHA-256 of the weights, lower-case hex: the model's identity.</summary>
    public string Digest => Weights.Digest;

    /// <summary>Finds a layer by its name or by any of its source's node names; null if there is none.</summary>
    public Layer? Find(string layerName) => _indexByName.TryGetValue(layerName, out var index) ? Layers[index] : null;

    /// <summary>The listed layer that a layer is, or is part of.</summary>
    public ListedLayer ListingOf(Layer layer) => _listedByName[layer.Name];

    /// <summary>True when what these layers compute depends on initial weights that no training changed.</summary>
    /// <param name="targets">Layer names.</param>
    /// <exception cref="ModelFormatException">A target names no layer.</exception>
    public bool NeedsUntrained(IEnumerable<string> targets)
    {
        var needed = ShapeInference.Ancestors(this, targets);
        return Layers.Any(layer => layer.Untrained && needed.Contains(layer.Name));
    }

    public void Dispose() => Weights.Dispose();
}
