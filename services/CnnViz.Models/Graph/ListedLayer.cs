namespace CnnViz.Models;

/// <summary>
/// A layer as its source counts it: usually one <see cref="Layer"/>; a convolution or dense layer with an activation of its own
/// is two, the part that computes and the activation that gives the output. Summaries, indices and weights go by these.
/// </summary>
/// <param name="Output">The layer that bears the name and gives the output.</param>
/// <param name="Parts">The layers inside it, in order; usually none.</param>
public sealed record ListedLayer(Layer Output, IReadOnlyList<Layer> Parts)
{
    public string Name => Output.Name;

    /// <summary>The class shown in summaries: the first part's, since the source names the layer by what it computes.</summary>
    public string ClassName => All[0].ClassName;

    /// <summary>Names of the layers whose outputs it takes.</summary>
    public IReadOnlyList<string> Inputs => All[0].Inputs;

    /// <summary>All its weights in the source's order.</summary>
    public IReadOnlyList<LayerWeight> Weights => Parts.Count == 0 ? Output.Weights : [.. All.SelectMany(layer => layer.Weights)];

    public bool Untrained => All.Any(layer => layer.Untrained);

    /// <summary>Parts, then output.</summary>
    public IReadOnlyList<Layer> All => [.. Parts, Output];

    /// <summary>The weight in a role; null if there is none.</summary>
    public LayerWeight? Weight(string role) => Weights.FirstOrDefault(weight => weight.Role == role);

    /// <exception cref="ModelFormatException">A part's whole does not come after it.</exception>
    internal static IReadOnlyList<ListedLayer> Group(IReadOnlyList<Layer> layers)
    {
        var parts = layers.Where(layer => layer.PartOf is not null).ToLookup(layer => layer.PartOf!, StringComparer.Ordinal);
        var waiting = new HashSet<string>(StringComparer.Ordinal);
        var listed = new List<ListedLayer>(layers.Count);
        foreach (var layer in layers)
        {
            if (layer.PartOf is { } whole)
            {
                waiting.Add(whole);
                continue;
            }

            waiting.Remove(layer.Name);
            listed.Add(new ListedLayer(layer, [.. parts[layer.Name]]));
        }

        return waiting.Count == 0
            ? listed
            : throw new ModelFormatException($"layer '{waiting.First()}' does not come after its parts");
    }
}
