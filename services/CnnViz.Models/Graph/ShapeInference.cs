namespace CnnViz.Models;

/// <summary>Works out every layer's output shape for an input size, without running anything.</summary>
public static class ShapeInference
{
    /// <summary>Infers one sample's output shape per layer.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="height">Input height in pixels, 1..<see cref="ModelLimits.MaxInputExtent"/>, a multiple of
    /// <see cref="InputSpec.SizeMultiple"/>, and the declared height when <see cref="InputSpec.FixedSize"/>.</param>
    /// <param name="width">Input width in pixels, likewise.</param>
    /// <param name="targets">Names (or source names) of layers: only they and their ancestors are inferred, and each must be
    /// inferable. Null: all layers that can be inferred; those at or behind an <see cref="UnsupportedOp"/> are absent.</param>
    /// <returns>Shapes by <see cref="Layer.Name"/>.</returns>
    /// <exception cref="ModelFormatException">The size does not suit the network, a target is unknown or needs an unsupported
    /// op, or shapes do not fit; the message names the layer, its op, the shapes and the reason.</exception>
    public static IReadOnlyDictionary<string, TensorShape> Infer(
        ModelGraph graph, int height, int width, IEnumerable<string>? targets = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        CheckExtent(graph.Input, "height", height, graph.Input.Height);
        CheckExtent(graph.Input, "width", width, graph.Input.Width);
        var input = new TensorShape(graph.Input.Channels, height, width);
        if (targets is null)
        {
            return InferReachable(graph.Layers, input);
        }

        var wanted = Ancestors(graph, targets);
        var shapes = InferReachable(graph.Layers.Where(layer => wanted.Contains(layer.Name)), input);
        foreach (var layer in graph.Layers)
        {
            if (wanted.Contains(layer.Name) && layer.Op is UnsupportedOp unsupported)
            {
                throw new ModelFormatException(
                    $"layer '{layer.Name}' ({unsupported.OpType}) is not supported: {unsupported.Reason}");
            }
        }

        return shapes;
    }

    /// <summary>The layers that the targets need, themselves included, by name.</summary>
    /// <exception cref="ModelFormatException">A target names no layer.</exception>
    public static IReadOnlySet<string> Ancestors(ModelGraph graph, IEnumerable<string> targets)
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var target in targets)
        {
            var layer = graph.Find(target) ?? throw new ModelFormatException(
                $"model '{graph.Name}' has no layer '{target}'{NameSuggestions.Phrase(target, graph.Layers.Select(l => l.Name))}");
            wanted.Add(layer.Name);
        }

        // Layers are in topological order, so one backward sweep finds every ancestor.
        for (var i = graph.Layers.Count - 1; i >= 0; i--)
        {
            if (wanted.Contains(graph.Layers[i].Name))
            {
                foreach (var source in graph.Layers[i].Inputs)
                {
                    wanted.Add(graph.Find(source)!.Name);
                }
            }
        }

        return wanted;
    }

    /// <summary>One layer's output shape.</summary>
    /// <param name="layer">The layer; not an <see cref="InputOp"/> or <see cref="UnsupportedOp"/>.</param>
    /// <param name="inputs">Its inputs' shapes, in order.</param>
    internal static TensorShape InferLayer(Layer layer, IReadOnlyList<TensorShape> inputs)
    {
        try
        {
            var shape = OpShapes.Infer(layer, inputs);
            return shape.ElementCount <= ModelLimits.MaxElements
                ? shape
                : throw new ModelFormatException($"its output {shape} has over {ModelLimits.MaxElements} elements");
        }
        catch (Exception e) when (e is ModelFormatException or OverflowException or ArgumentOutOfRangeException)
        {
            var reason = e is ModelFormatException ? e.Message : "its extents are out of range";
            throw new ModelFormatException(
                $"layer '{layer.Name}' ({layer.Op.ClassName}) with input {string.Join(" and ", inputs)}: {reason}", e);
        }
    }

    private static Dictionary<string, TensorShape> InferReachable(IEnumerable<Layer> layers, TensorShape input)
    {
        var shapes = new Dictionary<string, TensorShape>(StringComparer.Ordinal);
        foreach (var layer in layers)
        {
            if (layer.Op is InputOp)
            {
                shapes[layer.Name] = input;
            }
            else if (layer.Op is not UnsupportedOp && layer.Inputs.All(shapes.ContainsKey))
            {
                shapes[layer.Name] = InferLayer(layer, [.. layer.Inputs.Select(name => shapes[name])]);
            }
        }

        return shapes;
    }

    private static void CheckExtent(InputSpec spec, string what, int extent, int declared)
    {
        if (extent is < 1 or > ModelLimits.MaxInputExtent)
        {
            throw new ModelFormatException($"input {what} {extent} is outside 1..{ModelLimits.MaxInputExtent}");
        }

        if (spec.FixedSize && extent != declared)
        {
            throw new ModelFormatException($"input {what} {extent}: the network runs only at its declared {what} of {declared}");
        }

        if (extent % spec.SizeMultiple != 0)
        {
            throw new ModelFormatException($"input {what} {extent} is not a multiple of {spec.SizeMultiple}");
        }
    }
}
