namespace CnnViz.Models;

/// <summary>Which layer of a network tells the classes apart.</summary>
public static class ClassLayers
{
    /// <summary>
    /// The layer whose first channels or units are the classes of <see cref="ModelGraph.Labels"/>, before any softmax or sigmoid:
    /// the one that the catalogue names, else the last dense layer with as many units as there are classes.
    /// </summary>
    /// <returns>The layer; null where there are no labels, or no such layer.</returns>
    public static Layer? Of(ModelGraph graph)
    {
        if (graph.Labels.Count == 0)
        {
            return null;
        }

        if (graph.DeclaredClassLayer is { } declared)
        {
            return graph.Find(declared);
        }

        return graph.Layers.LastOrDefault(
            layer => layer.Op is DenseOp && layer.Weight("kernel") is { } kernel && kernel.Shape[^1] == graph.Labels.Count);
    }
}
