namespace CnnViz.Models.Tests.TfJs;

/// <summary>The detector that the product shows first, against what is known about it.</summary>
public sealed class NanoDetTests
{
    [InstalledModelFact("nanodet")]
    public void Read_NanoDet_HasItsConvolutions()
    {
        using var graph = TfJsGraphReader.Read(InstalledModels.PathOf("nanodet"));
        foreach (var l in graph.Layers) Console.WriteLine($"{l.Name,-28} {l.Op} <- {string.Join(", ", l.Inputs)} | {string.Join(" ", l.Weights.Select(w => w.Role + string.Join("x", w.Shape)))} | {string.Join(" ", l.SourceNames)}");
        Console.WriteLine(graph.Input + " " + string.Join(",", graph.Outputs) + " " + graph.Digest);
        Assert.Equal(34, graph.Layers.Count(layer => layer.Op is Conv2DOp));
    }
}
