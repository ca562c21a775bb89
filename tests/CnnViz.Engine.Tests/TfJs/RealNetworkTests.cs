using CnnViz.Engine.Tests.Torch;
using CnnViz.Engine.Torch;
using CnnViz.Imaging;
using CnnViz.Imaging.Codecs;
using CnnViz.Imaging.Geometry;
using CnnViz.Models;
using CnnViz.Tests.Shared;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.TfJs;

/// <summary>Installed TensorFlow.js networks on a photograph, against TensorFlow.js and against what is known of them.</summary>
public sealed class RealNetworkTests(ITestOutputHelper output)
{
    /// <summary>Fused convolutions with ReLU6, depthwise ones, and all four heads, at the odd declared size.</summary>
    [PhotographFact("posenet", "astronaut.png")]
    public async Task Forward_PoseNet_EqualsTensorFlowJsAndFindsTheNose()
    {
        using var catalog = ModelCatalog.Open(RepositoryPaths.Models);
        var graph = catalog.Load("posenet");
        var results = await CompareAsync(
            graph,
            "astronaut.png",
            [
                "MobilenetV1/MobilenetV1/Conv2d_0/Relu6", "MobilenetV1/MobilenetV1/Conv2d_13_pointwise/Relu6", "heatmap_2",
                "offset_2", "displacement_fwd_2", "displacement_bwd_2",
            ]);

        // The first of the 17 heat maps is the nose's; on this portrait its peak is 0.9998.
        var cells = Cells(graph, "heatmap_2");
        var peak = results["heatmap_2"][..cells].Max();
        var nose = 1 / (1 + Math.Exp(-peak));
        output.WriteLine($"nose: {nose:f5}");
        Assert.InRange(nose, 0.9997, 0.9999);
    }

    /// <summary>
    /// The whole network before its decoder: squeeze-and-excitation, hard swish of basic ops, resizes, separable heads.
    /// </summary>
    [PhotographFact("centernet", "motorcycle_left.png")]
    public async Task Forward_CenterNet_EqualsTensorFlowJsUpToItsClassHead()
    {
        using var catalog = ModelCatalog.Open(RepositoryPaths.Models);
        var graph = catalog.Load("centernet");
        var head = ClassLayers.Of(graph)!.Name;
        var needed = ShapeInference.Ancestors(graph, [head]);
        Assert.DoesNotContain(graph.Layers, layer => needed.Contains(layer.Name) && layer.Op is UnsupportedOp);
        var results = await CompareAsync(graph, "motorcycle_left.png", [head]);

        var cells = Cells(graph, head);
        var best = Array.IndexOf(results[head], results[head].Max()) / cells;
        output.WriteLine($"best class: {graph.Labels[best]}");
        Assert.Equal("motorcycle", graph.Labels[best]);
    }

    private static int Cells(ModelGraph graph, string layer)
    {
        var shape = ShapeInference.Infer(graph, graph.Input.Height, graph.Input.Width, [layer])[layer];
        return shape.Height * shape.Width;
    }

    private async Task<Dictionary<string, float[]>> CompareAsync(ModelGraph graph, string photo, string[] layers)
    {
        var (height, width) = (graph.Input.Height, graph.Input.Width);
        var image = Prepare(graph.Input, photo);
        var file = Path.Combine(RepositoryPaths.Models, graph.Name, $"{graph.Name}.json");
        string[] nodes = [.. layers.Select(layer => graph.Find(layer)!.SourceNames[0])];
        var expected = await TensorFlowJsReference.RunAsync(file, 3, height, width, image, nodes);

        var engine = new TorchEngine(new TorchEngineOptions { Device = "cpu", Threads = 2 });
        using var compiled = engine.Compile(graph, new CompileOptions(height, width, layers));
        using var pass = compiled.Forward(image, 1, withGradient: false);
        var results = new Dictionary<string, float[]>();
        for (var i = 0; i < layers.Length; i++)
        {
            var actual = new float[compiled.TargetShapes[layers[i]].ElementCount];
            pass.CopyActivation(layers[i], actual);
            var error = Parity.RelativeError(actual, expected[i]);
            output.WriteLine($"{layers[i]}: relative error {error:e2}");
            Assert.InRange(error, 0, 1e-4);
            results[layers[i]] = actual;
        }

        return results;
    }

    private static float[] Prepare(InputSpec input, string photo)
    {
        var picture = ImageDecoder.Decode(File.ReadAllBytes(Path.Combine(RepositoryPaths.Photos, photo)));
        var area = input.Height * input.Width;
        var values = new float[3 * area];
        Resizer.ResizeToFloat(picture, input.Width, input.Height, PixelLayout.ChannelsFirst, values);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (values[i] - input.Mean[i / area]) / input.Std[i / area];
        }

        return values;
    }
}

/// <summary>
/// A fact about an installed network on an installed photograph; skipped, with the reason, where one is missing.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PhotographFactAttribute : FactAttribute
{
    public PhotographFactAttribute(string model, string photo)
    {
        Skip = !File.Exists(Path.Combine(RepositoryPaths.Models, model, $"{model}.json"))
            ? $"model '{model}' is not installed; ./cnnviz test installs it"
            : !File.Exists(Path.Combine(RepositoryPaths.Photos, photo))
                ? $"photograph {photo} is not installed; ./cnnviz test installs it"
                : null;
    }
}
