using CnnViz.Engine.Tests.Torch;
using CnnViz.Engine.Tests.Trained;
using CnnViz.Engine.Torch;
using CnnViz.Models;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Keras;

/// <summary>Every layer of models in Keras' formats against TensorFlow.js, which made them.</summary>
public sealed class KerasParityTests(LayersModels models, ITestOutputHelper output) : IClassFixture<LayersModels>
{
    private static readonly string[] _models = ["convolutions", "spatial", "merges", "activations", "plain", "nested", "channels_first"];
    private static readonly string[] _files = ["model.json", "model.h5", "split.h5", "model.keras", "first.keras"];

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var model in _models)
        {
            foreach (var file in _files)
            {
                cases.Add(model, file);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_EveryLayer_EqualsTensorFlowJs(string model, string file)
    {
        using var graph = KerasModelReader.Read(models.PathOf(model, file), new ModelReadOptions { Name = model });
        Assert.DoesNotContain(graph.Layers, layer => layer.Op is UnsupportedOp);
        Assert.False(graph.Untrained);
        var last = graph.Input.ChannelsLast;
        var given = models.Input(model);
        var image = last ? AxisOrder.ChannelsFirst(given, graph.Input.Channels) : given;
        var engine = new TorchEngine(new TorchEngineOptions { Device = "cpu", Threads = 1 });
        var worst = 0.0;
        foreach (var (layer, shape, values) in models.Outputs(model))
        {
            if (file.EndsWith(".keras", StringComparison.Ordinal) && IsKeras2Alone(layer) && file == "model.keras")
            {
                continue;
            }

            // A nested model goes by its last layer.
            var target = graph.Find(layer);
            Assert.True(target is not null, $"there is no layer '{layer}'");
            var actual = TrainedModel.Run(engine, graph, image, 1, target.Name);
            double[] expected = [.. (shape.Length == 4 && last ? AxisOrder.ChannelsFirst(values, shape[3]) : values).Select(value => (double)value)];
            var error = Parity.RelativeError(actual, expected);
            Assert.True(error <= 1e-5, $"{layer}: relative error {error:e2}");
            worst = Math.Max(worst, error);
        }

        output.WriteLine($"{model}/{file}: {models.Outputs(model).Count} layers, largest relative error {worst:e2}");
    }

    /// <summary>Keras 3 changed hard_sigmoid; its own reference is elsewhere.</summary>
    private static bool IsKeras2Alone(string layer) => layer == "act_hardSigmoid";
}
