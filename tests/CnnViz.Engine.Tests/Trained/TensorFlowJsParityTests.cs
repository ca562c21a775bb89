using System.Runtime.InteropServices;
using System.Text.Json;
using CnnViz.Engine.Tests.Torch;
using CnnViz.Engine.Torch;
using CnnViz.Models;
using CnnViz.Tests.Shared;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Trained;

/// <summary>Every layer of the committed networks against TensorFlow.js, whose format their files are in.</summary>
public sealed class TensorFlowJsParityTests(ITestOutputHelper output)
{
    private static readonly string _tfjs = Path.Combine(RepositoryPaths.Root, "tests", "Parity", "tfjs");

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
        var expected = await TensorFlowJsAsync(name, input, image, [.. layers.Select(layer => layer.SourceNames[0])]);

        var engine = new TorchEngine(new TorchEngineOptions { Device = "cpu", Threads = 2 });
        for (var i = 0; i < layers.Count; i++)
        {
            var actual = TrainedModel.Run(engine, graph, image, 1, layers[i].Name);
            var error = Parity.RelativeError(actual, expected[i]);
            output.WriteLine($"{layers[i].Name}: relative error {error:e2}");
            Assert.InRange(error, 0, 1e-5);
        }
    }

    /// <param name="name">The network.</param>
    /// <param name="input">Its input.</param>
    /// <param name="image">(channels, height, width).</param>
    /// <param name="nodes">Nodes of the file.</param>
    /// <returns>Each node's values, channels first.</returns>
    private static async Task<List<double[]>> TensorFlowJsAsync(string name, InputSpec input, float[] image, string[] nodes)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "input.f32");
        var area = input.Height * input.Width;
        var channelsLast = new float[image.Length];
        for (var i = 0; i < image.Length; i++)
        {
            channelsLast[i] = image[(i % input.Channels * area) + (i / input.Channels)];
        }

        await File.WriteAllBytesAsync(file, MemoryMarshal.AsBytes(channelsLast.AsSpan()).ToArray());
        var installed = await ToolProcess.RunAsync(_tfjs, "npm", "install");
        Assert.True(installed.ExitCode == 0, installed.All);
        var run = await ToolProcess.RunAsync(
            _tfjs,
            "node",
            ["run-model.mjs", Path.Combine(RepositoryPaths.Root, "models", name, "model.json"), file,
                $"1,{input.Height},{input.Width},{input.Channels}", folder.Path, .. nodes]);
        Assert.True(run.ExitCode == 0, run.All);
        using var listing = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder.Path, "outputs.json")));
        return [.. listing.RootElement.EnumerateArray().Select(entry =>
        {
            var values = File.ReadAllBytes(Path.Combine(folder.Path, entry.GetProperty("file").GetString()!));
            var channels = entry.GetProperty("shape").EnumerateArray().Last().GetInt32();
            return ChannelsFirst(channels, MemoryMarshal.Cast<byte, float>(values));
        })];
    }

    private static double[] ChannelsFirst(int channels, ReadOnlySpan<float> values)
    {
        var area = values.Length / channels;
        var result = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            result[(i % channels * area) + (i / channels)] = values[i];
        }

        return result;
    }
}
