namespace CnnViz.Models.Keras;

/// <summary>Finds every layer's weights in a file and checks that they are what the layer needs.</summary>
internal static class KerasBinding
{
    /// <param name="layers">Layers with variables.</param>
    /// <param name="shapes">The graph's weights' extents by key.</param>
    /// <param name="weights">The file; owned by the store that is returned, left to the caller when this throws.</param>
    /// <param name="constants">Weights that the configuration gives, by key.</param>
    /// <param name="architecture">The network as text, for the digest.</param>
    /// <exception cref="ModelFormatException">A layer's weights are missing or have other shapes; the message names the layer, the
    /// expected and the found shape.</exception>
    public static KerasWeightStore Bind(
        IReadOnlyList<KerasWeightedLayer> layers,
        IReadOnlyDictionary<string, IReadOnlyList<int>> shapes,
        IKerasWeights weights,
        IReadOnlyDictionary<string, (int[] Shape, float[] Values)> constants,
        string architecture)
    {
        var entries = new Dictionary<string, KerasEntry>(StringComparer.Ordinal);
        var stored = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach (var layer in layers)
        {
            var arrays = Located(layer, weights);
            for (var i = 0; i < layer.Variables.Count; i++)
            {
                var (variable, array) = (layer.Variables[i], arrays[i]);
                if (variable.Key is not { } key)
                {
                    continue;
                }

                RequireShape(layer, variable, array);
                entries[key] = new KerasEntry(array, shapes[key], variable.Transform);
                if (array.Stored is { } tensor)
                {
                    stored[array.Name] = tensor;
                }
            }
        }

        return new KerasWeightStore(weights.Open(stored.Values), entries, constants, architecture);
    }

    private static IReadOnlyList<KerasArray> Located(KerasWeightedLayer layer, IKerasWeights weights)
    {
        var arrays = weights.Of(layer);
        if (arrays.Count == layer.Variables.Count)
        {
            return arrays;
        }

        var names = string.Join(", ", layer.Variables.Select(variable => variable.Name));
        throw new ModelFormatException(arrays.Count == 0
            ? $"layer '{layer.Title}' needs {names}; the file has no weights for it"
            : $"layer '{layer.Title}' needs {layer.Variables.Count} weights ({names}); the file has {arrays.Count} for it");
    }

    private static void RequireShape(KerasWeightedLayer layer, KerasVariable variable, KerasArray array)
    {
        // Extents of 1 tell nothing: some versions keep them in per-channel statistics.
        if (!array.Shape.Where(extent => extent != 1).SequenceEqual(variable.Shape.Where(extent => extent != 1)))
        {
            throw new ModelFormatException(
                $"layer '{layer.Title}': its {variable.Name} is ({string.Join(", ", variable.Shape)}); "
                + $"the file's '{array.Name}' is ({string.Join(", ", array.Shape)})");
        }
    }
}
