namespace CnnViz.Models.Tests.TfJs;

/// <summary>The detector that the product shows first, against what is known about it.</summary>
public sealed class NanoDetTests
{
    [InstalledModelFact("nanodet")]
    public void Read_NanoDet_HasItsConvolutions()
    {
        using var graph = TfJsGraphReader.Read(InstalledModels.PathOf("nanodet"));
        Assert.Equal(34, graph.Layers.Count(layer => layer.Op is Conv2DOp));
    }
}
