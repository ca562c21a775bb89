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
    private readonly Dictionary<KerasLayerConfig, (string Name, int Rank)> _ranks = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Dictionary<string, string[]>> _children = new(StringComparer.Ordinal);

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
            ? [.. variables.Names.Select(Numbered.Read).Where(entry => entry.Stem.Length == 0).OrderBy(entry => entry.Number)
                .Select(entry => KerasArray.Of(variables.Dataset(entry.Name)
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

    private Hdf5Group? Child(Hdf5Group group, KerasModelConfig model, KerasLayerConfig layer)
    {
        if (_containers.Select(group.Group).FirstOrDefault(found => found is not null) is not { } container)
        {
            return null;
        }

        var (name, rank) = RankOf(model, layer);
        var child = ChildrenOf(container).GetValueOrDefault(name)?.ElementAtOrDefault(rank);
        return child is null ? null : container.Group(child);
    }

    /// <summary>A layer's class as Keras names it, and how many of that class come before it in its model.</summary>
    private (string Name, int Rank) RankOf(KerasModelConfig model, KerasLayerConfig layer)
    {
        if (!_ranks.ContainsKey(layer))
        {
            var counts = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var other in model.Layers)
            {
                var name = SnakeCase(other.ClassName);
                var rank = counts.GetValueOrDefault(name);
                counts[name] = rank + 1;
                _ranks[other] = (name, rank);
            }
        }

        return _ranks[layer];
    }

    /// <summary>The names of a container's groups by class, in the order of their layers.</summary>
    private Dictionary<string, string[]> ChildrenOf(Hdf5Group container)
    {
        if (!_children.TryGetValue(container.Path, out var children))
        {
            // A class' own name may end in a number, so the whole name is a stem as well.
            children = container.Names.SelectMany<string, Numbered>(name => [new Numbered(name, 0, name), Numbered.Read(name)])
                .Where(entry => entry.Stem.Length > 0).Distinct().GroupBy(entry => entry.Stem, StringComparer.Ordinal)
                .ToDictionary(entries => entries.Key, entries => InOrder(container, entries), StringComparer.Ordinal);
            _children[container.Path] = children;
        }

        return children;
    }

    private static string[] InOrder(Hdf5Group container, IEnumerable<Numbered> entries)
    {
        Numbered[] sorted = [.. entries.OrderBy(entry => entry.Number)];
        var counted = sorted.Select((entry, i) => entry.Number == i).All(fits => fits);

        // The first versions counted layers with weights twice and kept one group of each: their order still tells.
        return [.. sorted.Select(entry => entry.Name).Where(name => counted || HoldsSomething(container.Group(name)))];
    }

    private static bool HoldsSomething(Hdf5Group? group) => group is not null
        && (group.Group("vars") is { Names.Count: > 0 } || _containers.Any(container => group.Group(container) is not null));

    /// <summary>A name "stem_number", or a number alone, whose stem is empty; other names are stems of number 0.</summary>
    private readonly record struct Numbered(string Stem, int Number, string Name)
    {
        public static Numbered Read(string name)
        {
            var end = name.LastIndexOf('_');
            return !int.TryParse(name.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? new Numbered(name, 0, name)
                : new Numbered(end < 0 ? "" : name[..end], number, name);
        }
    }

    [GeneratedRegex(@"\W+")]
    private static partial Regex NoWord();

    [GeneratedRegex("(.)([A-Z][a-z]+)")]
    private static partial Regex WordStart();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex LowerBeforeUpper();
}
