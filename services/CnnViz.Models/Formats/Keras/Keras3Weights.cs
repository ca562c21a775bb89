using System.Globalization;
using System.Text.RegularExpressions;
using CnnViz.Models.Hdf5;

namespace CnnViz.Models.Keras;

/// <summary>
/// Weights as Keras 3 (and Keras 2.12 on) holds them in model.weights.h5: models contain "layers" (first versions:
/// "_layer_checkpoint_dependencies"), a layer's group is called after its class and counted (conv2d, conv2d_1, ...), and its
/// "vars" are numbered.
/// </summary>
internal sealed partial class Keras3Weights(Hdf5File file) : IKerasWeights
{
    private static readonly string[] _containers = ["layers", "_layer_checkpoint_dependencies"];

    public IReadOnlyList<KerasArray> Of(KerasWeightedLayer layer)
    {
        var group = file.Root;
        foreach (var (model, step) in layer.Path)
        {
            if (Child(group, model, step) is not { } child)
            {
                return [];
            }

            group = child;
        }

        return group.Group("vars") is { } variables
            ? [.. Numbered(variables.Names, "").Select(entry => KerasArray.Of(variables.Dataset(entry.Name)
                ?? throw new ModelFormatException($"'{variables.Path}/{entry.Name}' is no dataset")))]
            : [];
    }

    public WeightStore Open(IReadOnlyCollection<StoredTensor> stored) => new(file.Source, stored);

    public void Dispose() => file.Dispose();

    /// <summary>Keras' name for a class: words apart by underscores, lower case.</summary>
    internal static string SnakeCase(string className)
    {
        var words = WordStart().Replace(NoWord().Replace(className, ""), "$1_$2");
        return LowerBeforeUpper().Replace(words, "$1_$2").ToLowerInvariant();
    }

    private static Hdf5Group? Child(Hdf5Group group, KerasModelConfig model, KerasLayerConfig layer)
    {
        if (_containers.Select(group.Group).FirstOrDefault(found => found is not null) is not { } container)
        {
            return null;
        }

        var name = SnakeCase(layer.ClassName);
        var entries = Numbered(container.Names, name);
        var rank = model.Layers.TakeWhile(other => !ReferenceEquals(other, layer)).Count(other => SnakeCase(other.ClassName) == name);
        if (entries.Select((entry, i) => entry.Number == i).All(counted => counted))
        {
            return rank < entries.Count ? container.Group(entries[rank].Name) : null;
        }

        // The first versions counted layers with weights twice and kept one group of each: their order still tells.
        return entries.Select(entry => container.Group(entry.Name)).Where(HoldsSomething).ElementAtOrDefault(rank);
    }

    private static bool HoldsSomething(Hdf5Group? group) => group is not null
        && (group.Group("vars") is { Names.Count: > 0 } || _containers.Any(container => group.Group(container) is not null));

    /// <summary>The names "stem", "stem_1", "stem_2", ... (numbers alone for an empty stem) in the order of their numbers.</summary>
    private static List<(int Number, string Name)> Numbered(IReadOnlyList<string> names, string stem)
    {
        List<(int, string)> found = [];
        foreach (var name in names)
        {
            if (name == stem)
            {
                found.Add((0, name));
            }
            else if (name.StartsWith(stem, StringComparison.Ordinal)
                && (stem.Length == 0 || name[stem.Length] == '_')
                && int.TryParse(
                    name.AsSpan(stem.Length == 0 ? 0 : stem.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                found.Add((number, name));
            }
        }

        found.Sort();
        return found;
    }

    [GeneratedRegex(@"\W+")]
    private static partial Regex NoWord();

    [GeneratedRegex("(.)([A-Z][a-z]+)")]
    private static partial Regex WordStart();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex LowerBeforeUpper();
}
