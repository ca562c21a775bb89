namespace CnnViz.Models.Tests.TfJs;

/// <summary>What tests look at in a graph.</summary>
internal static class GraphReads
{
    public static string ShapeOf(this ModelGraph graph, string layer) =>
        ShapeInference.Infer(graph, graph.Input.Height, graph.Input.Width, [layer])[graph.Find(layer)!.Name].ToString();

    public static float[] ValuesOf(this ModelGraph graph, LayerWeight weight)
    {
        var values = new float[weight.ElementCount];
        graph.Weights.Read(weight.Key, values);
        return values;
    }
}
