namespace CnnViz.Models.Keras;

/// <summary>Chooses layers' names: Keras' own where they are unique over all nested models.</summary>
internal sealed class KerasNames
{
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outer;
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    public KerasNames(KerasModelConfig root)
    {
        Count(root);
        _outer = [.. root.Layers.Select(layer => layer.Name)];
    }

    /// <summary>A layer's name in one of its calls.</summary>
    /// <param name="path">The layers that lead to it, outermost first, and itself.</param>
    /// <param name="call">Which of its calls, from 0.</param>
    public string Of(IReadOnlyList<KerasLayerConfig> path, int call)
    {
        var own = path[^1].Name;
        var wanted = path.Count == 1 || (_uses[own] == 1 && !_outer.Contains(own))
            ? own
            : string.Join('/', path.Select(layer => layer.Name));
        if (wanted.Length > ModelLimits.MaxNameLength)
        {
            throw new ModelFormatException($"a layer's name within its models has over {ModelLimits.MaxNameLength} characters");
        }

        return Free(call == 0 ? wanted : $"{wanted}/call_{call}");
    }

    /// <summary>The name, or the first of name/call_1, name/call_2, ... that no layer has; it is taken from then on.</summary>
    public string Free(string wanted)
    {
        var name = wanted;
        for (var i = 1; !_taken.Add(name); i++)
        {
            name = $"{wanted}/call_{i}";
        }

        return name;
    }

    private void Count(KerasModelConfig model)
    {
        foreach (var layer in model.Layers)
        {
            _uses[layer.Name] = _uses.GetValueOrDefault(layer.Name) + 1;
            if (layer.Model is { } nested)
            {
                Count(nested);
            }
        }
    }
}
