using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>The cells that a run's objective reads of each layer: <see cref="CompileOptions.Regions"/>.</summary>
internal static class ObjectiveRegions
{
    /// <summary>The union over the terms of what each reads; null where every layer is read whole.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="options">Checked by <see cref="MaximizationValidator"/>.</param>
    public static IReadOnlyDictionary<string, CellRegion>? Of(ModelGraph graph, MaximizationOptions options)
    {
        var terms = RecipeModules.CreateTerms(options);
        IReadOnlyDictionary<string, TensorShape> shapes;
        try
        {
            shapes = ShapeInference.Infer(
                graph, options.NetworkHeight, options.NetworkWidth, [.. terms.Select(term => term.Objective.Layer).Distinct()]);
        }
        catch (ModelFormatException)
        {
            // An engine may know ops that shape inference does not; if not, it says what is wrong.
            return null;
        }

        var regions = new Dictionary<string, CellRegion>(StringComparer.Ordinal);
        foreach (var layer in terms.GroupBy(term => term.Objective.Layer, StringComparer.Ordinal))
        {
            var diverse = layer.Key == options.Layer && options.Diversity is { Variants: > 1, Weight: not 0 };
            var shape = shapes[graph.Find(layer.Key)!.Name];
            if (shape.IsFeatureMap && !diverse)
            {
                var region = layer.Select(term => term.Objective.Reads(shape)).Aggregate((a, b) => a.Union(b));
                if (region != CellRegion.Whole(shape.Height, shape.Width))
                {
                    regions[layer.Key] = region;
                }
            }
        }

        return regions.Count > 0 ? regions : null;
    }
}
