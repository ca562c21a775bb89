namespace CnnViz.Models;

/// <summary>
/// The order in which Keras lists a functional model's layers: by depth, which is the longest way to the output, the deepest
/// first; layers of one depth in the order in which a search from the output meets them, each layer before its inputs and
/// these from left to right.
/// </summary>
internal static class KerasOrder
{
    /// <param name="layers">Topological order, the output last. A layer's parts come with it.</param>
    public static IReadOnlyList<Layer> Sort(IReadOnlyList<Layer> layers)
    {
        var listed = ListedLayer.Group(layers);
        var byName = listed.ToDictionary(layer => layer.Name, StringComparer.Ordinal);
        var met = new Dictionary<string, int>(StringComparer.Ordinal);
        Visit(byName, listed[^1].Name, met);

        // Backwards through a topological order every layer comes after all that take it.
        var depths = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var layer in listed.Reverse())
        {
            var depth = depths.GetValueOrDefault(layer.Name);
            foreach (var input in layer.Inputs)
            {
                depths[input] = Math.Max(depths.GetValueOrDefault(input), depth + 1);
            }
        }

        return
        [
            .. listed.OrderByDescending(layer => depths.GetValueOrDefault(layer.Name)).ThenBy(layer => met[layer.Name])
                .SelectMany(layer => layer.All),
        ];
    }

    private static void Visit(Dictionary<string, ListedLayer> byName, string name, Dictionary<string, int> met)
    {
        var open = new Stack<string>([name]);
        while (open.TryPop(out var next))
        {
            if (!met.TryAdd(next, met.Count))
            {
                continue;
            }

            foreach (var input in byName[next].Inputs.Reverse())
            {
                open.Push(input);
            }
        }
    }
}
