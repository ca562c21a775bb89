using CnnViz.Engine.Tests.TfJs;
using CnnViz.Engine.Tests.Torch;
using CnnViz.Engine.Torch;
using CnnViz.Models;
using CnnViz.Tests.Shared;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Trained;

/// <summary>Every layer of the committed networks against TensorFlow.js, whose format their files are in.</summary>
public sealed class TensorFlowJsParityTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("fashion-cnn")]
    [InlineData("fashion-autoencoder")]
    [InlineData("patches")]
    public async Task Forward_EveryLayer_EqualsTensorFlowJs(string name)
    {
        using var catalog = TrainedModel.OpenCatalog();
        var graph = catalog.Load(name);
        var layers = graph.Layers.Where(layer => layer.Op is not InputOp).ToList();
        Assert.DoesNotContain(layers, layer => layer.Op is UnsupportedOp);
        var input = graph.Input;
        var count = input.Channels * input.Height * input.Width;
        float[] image = [.. Parity.RandomValues(count, 21).Select(value => (value + 1) / 2)];
        var file = Path.Combine(RepositoryPaths.Root, "models", name, "model.json");
        string[] nodes = [.. layers.Select(layer => layer.SourceNames[0])];
        var expected = await TensorFlowJsReference.RunAsync(file, input.Channels, input.Height, input.Width, image, nodes);

        var engine = new TorchEngine(new TorchEngineOptions { Device = "cpu", Threads = 2 });
        for (var i = 0; i < layers.Count; i++)
        {
            var actual = TrainedModel.Run(engine, graph, image, 1, layers[i].Name);
            var error = Parity.RelativeError(actual, expected[i]);
            output.WriteLine($"{layers[i].Name}: relative error {error:e2}");
            Assert.InRange(error, 0, 1e-5);
        }
    }
}
