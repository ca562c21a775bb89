namespace CnnViz.Models.Keras;

/// <summary>What a layer needs and what a file has for it.</summary>
/// <param name="Title">The layer's name for messages.</param>
/// <param name="Variables">In get_weights() order.</param>
/// <param name="Arrays">Likewise.</param>
internal sealed record KerasNeed(string Title, IReadOnlyList<KerasVariable> Variables, IReadOnlyList<KerasArray> Arrays);

/// <summary>Puts a file's arrays into layers' weights and checks that they are what the layers need.</summary>
internal static class KerasBinding
{
    /// <param name="needs">Layers with variables.</param>
    /// <param name="shapes">The graph's weights' extents by key.</param>
    /// <param name="weights">The file; owned by the store that is returned, left to the caller when this throws.</param>
    /// <param name="constants">Weights that the configuration gives, by key.</param>
    /// <param name="architecture">The network as text, for the digest.</param>
    /// <exception cref="ModelFormatException">A layer's weights are missing or have other shapes; the message names the layer,
    /// the expected and the found shape.</exception>
    public static KerasWeightStore Bind(
        IEnumerable<KerasNeed> needs,
        IReadOnlyDictionary<string, IReadOnlyList<int>> shapes,
        IKerasWeights weights,
        IReadOnlyDictionary<string, (int[] Shape, float[] Values)> constants,
        string architecture)
    {
        var entries = new Dictionary<string, KerasEntry>(StringComparer.Ordinal);
        var stored = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach (var need in needs)
        {
            RequireAll(need);
            for (var i = 0; i < need.Variables.Count; i++)
            {
                var (variable, array) = (need.Variables[i], need.Arrays[i]);
                if (variable.Key is not { } key)
                {
                    continue;
                }

                RequireShape(need, variable, array);
                entries[key] = new KerasEntry(array, shapes[key], variable.Transform);
                if (array.Stored is { } tensor)
                {
                    stored[array.Name] = tensor;
                }
            }
        }

        return new KerasWeightStore(weights.Open(stored.Values), entries, constants, architecture);
    }

    private static void RequireAll(KerasNeed need)
    {
        if (need.Arrays.Count != need.Variables.Count)
        {
            var names = string.Join(", ", need.Variables.Select(variable => variable.Name));
            throw new ModelFormatException($"layer '{need.Title}' needs " + (need.Arrays.Count == 0
                ? $"{names}; the file has no weights for it"
                : $"{need.Variables.Count} weights ({names}); the file has {need.Arrays.Count} for it"));
        }
    }

    private static void RequireShape(KerasNeed need, KerasVariable variable, KerasArray array)
    {
        // Extents of 1 tell nothing: some versions keep them in per-channel statistics.
        if (!array.Shape.Where(extent => extent != 1).SequenceEqual(variable.Shape.Where(extent => extent != 1)))
        {
            throw new ModelFormatException(
                $"layer '{need.Title}': its {variable.Name} is ({string.Join(", ", variable.Shape)}); "
                + $"the file's '{array.Name}' is ({string.Join(", ", array.Shape)})");
        }
    }
}
