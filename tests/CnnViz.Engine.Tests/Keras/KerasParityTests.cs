using CnnViz.Engine.Tests.Torch;
using CnnViz.Engine.Tests.Trained;
using CnnViz.Engine.Torch;
using CnnViz.Models;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Keras;

/// <summary>Every layer of models in Keras' formats against TensorFlow.js, which made them.</summary>
public sealed class KerasParityTests(LayersModels models, ITestOutputHelper output) : IClassFixture<LayersModels>
{
    private static readonly string[] _models =
        ["convolutions", "spatial", "merges", "activations", "plain", "nested", "channels_first"];

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
        // Keras 3 changed hard_sigmoid; PyTorch's models have it.
        var changed = file == "model.keras" ? "act_hardSigmoid" : null;
        Compare(model, file, models.Outputs(model).Where(output => output.Layer != changed));
    }

    [Theory]
    [InlineData("odd_convolutions", "model.h5")]
    [InlineData("odd_layers", "model.keras")]
    [InlineData("odd_channels_first", "model.h5")]
    public void Forward_LayersThatTensorFlowJsHasNot_EqualPyTorch(string model, string file) =>
        Compare(model, file, models.Outputs(model));

    private void Compare(string model, string file, IEnumerable<(string Layer, int[] Shape, float[] Values)> outputs)
    {
        using var graph = KerasModelReader.Read(models.PathOf(model, file), new ModelReadOptions { Name = model });
        Assert.DoesNotContain(graph.Layers, layer => layer.Op is UnsupportedOp);
        Assert.False(graph.Untrained);
        var last = graph.Input.ChannelsLast;
        var given = models.Input(model);
        var image = last ? AxisOrder.ChannelsFirst(given, graph.Input.Channels) : given;
        var engine = new TorchEngine(new TorchEngineOptions { Device = "cpu", Threads = 1 });
        var (worst, count) = (0.0, 0);
        foreach (var (layer, shape, values) in outputs)
        {
            // A nested model goes by its last layer.
            var target = graph.Find(layer);
            Assert.True(target is not null, $"there is no layer '{layer}'");
            var actual = TrainedModel.Run(engine, graph, image, 1, target.Name);
            var expected = shape.Length == 4 && last ? AxisOrder.ChannelsFirst(values, shape[3]) : values;
            var error = Parity.RelativeError(actual, [.. expected.Select(value => (double)value)]);
            Assert.True(error <= 1e-5, $"{layer}: relative error {error:e2}");
            worst = Math.Max(worst, error);
            count++;
        }

        output.WriteLine($"{model}/{file}: {count} layers, largest relative error {worst:e2}");
        Assert.True(count >= 3, "next to nothing was compared");
    }
}
