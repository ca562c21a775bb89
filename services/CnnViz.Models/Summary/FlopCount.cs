namespace CnnViz.Models;

/// <summary>Floating-point operations of a network's convolutions and dense layers: two per multiply-add.</summary>
public static class FlopCount
{
    /// <summary>Operations of one forward pass over the whole input up to some layers.</summary>
    public static double Forward(ModelGraph graph, int height, int width, params IReadOnlyList<string> targets)
    {
        var shapes = ShapeInference.Infer(graph, height, width, targets);
        return graph.Layers.Where(layer => shapes.ContainsKey(layer.Name)).Sum(layer => 2 * MultiplyAdds(layer, shapes));
    }

    /// <summary>Operations of one gradient to the input: a forward pass, and as much again on the way back.</summary>
    public static double Gradient(ModelGraph graph, int height, int width, params IReadOnlyList<string> targets) =>
        2 * Forward(graph, height, width, targets);

    private static double MultiplyAdds(Layer layer, IReadOnlyDictionary<string, TensorShape> shapes)
    {
        double Cells(string name) => shapes[name].ElementCount;
        switch (layer.Op)
        {
            case Conv2DOp:
                var kernel = KernelShape.Of(layer.Weight("kernel")!);
                return Cells(layer.Name) * kernel.InPerGroup * kernel.Height * kernel.Width;
            case ConvTranspose2DOp transposed:
                var shape = KernelShape.OfTransposed(layer.Weight("kernel")!, transposed.Groups);
                return Cells(layer.Inputs[0]) * shape.Out / transposed.Groups * shape.Height * shape.Width;
            case DenseOp:
                return Cells(layer.Name) * shapes[layer.Inputs[0]].Dims[^1];
            default:
                return 0;
        }
    }
}
