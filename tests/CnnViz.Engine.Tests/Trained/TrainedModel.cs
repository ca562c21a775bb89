using System.Text.Json;
using CnnViz.Models;
using CnnViz.Tests.Shared;

namespace CnnViz.Engine.Tests.Trained;

/// <summary>The committed networks and what was measured when they were trained.</summary>
internal static class TrainedModel
{
    /// <summary>Opens the repository's own networks, wherever the installed ones are looked for.</summary>
    public static ModelCatalog OpenCatalog() => ModelCatalog.Open(Path.Combine(RepositoryPaths.Root, "models"));

    /// <summary>A figure of training/figures/&lt;model&gt;.json.</summary>
    public static double Figure(string model, string name)
    {
        var path = Path.Combine(RepositoryPaths.Root, "training", "figures", $"{model}.json");
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.GetProperty(name).GetDouble();
    }

    /// <summary>A layer's activations for inputs in the network's units, (batch, ...sample shape).</summary>
    public static float[] Run(IEngine engine, ModelGraph graph, float[] images, int batch, string layer)
    {
        using var model = engine.Compile(graph, new CompileOptions(graph.Input.Height, graph.Input.Width, [layer]));
        using var pass = model.Forward(images, batch, withGradient: false);
        var activation = new float[batch * (int)model.TargetShapes[layer].ElementCount];
        pass.CopyActivation(layer, activation);
        return activation;
    }
}
