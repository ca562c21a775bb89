using System.Runtime.InteropServices;
using System.Text.Json;
using CnnViz.Tests.Shared;
using CnnViz.V1;
using Google.Protobuf;

namespace CnnViz.Stack.Tests;

/// <summary>
/// A real network on real photographs, the whole way: PNG over gRPC, preprocessing, engine, tensors back. Beside it runs
/// TensorFlow.js, for which the network was published, on input prepared by Pillow and numpy.
/// </summary>
[Collection(StackCollection.Name)]
public sealed class NanoDetOnPhotos(StackFixture stack)
{
    private static readonly string _tfjs = Path.Combine(RepositoryPaths.Root, "tests", "Parity", "tfjs");

    [Fact]
    public async Task FeatureMaps_OnAPhotograph_AgreeWithTensorFlowJs()
    {
        string[] layers = ["Add", "Add_4", "Add_10", "Add_16", "LeakyRelu_41", "Add_29"];
        string[] nodes =
        [
            "PartitionedCall/Add", "PartitionedCall/Add_4", "PartitionedCall/Add_10", "PartitionedCall/Add_16",
            "PartitionedCall/onnx_tf_prefix_LeakyRelu_41", "PartitionedCall/Add_29",
        ];
        using var photo = await Photo.PrepareAsync("chelsea.png");
        var ours = await stack.Inference.MapsAsync(photo.Request(layers));
        var theirs = await TensorFlowJsAsync(photo, nodes);

        for (var i = 0; i < layers.Length; i++)
        {
            var (shape, values) = theirs[i];
            var expected = nodes[i].Contains("LeakyRelu", StringComparison.Ordinal) ? values : ChannelsFirst(values, shape);
            var error = RelativeError(ours[i].Values, expected);
            Assert.True(error <= 1e-4, $"{layers[i]}: relative L2 {error:G3}");
        }
    }

    [Fact]
    public async Task Outputs_OnAPhotograph_AgreeWithTensorFlowJs()
    {
        string[] outputs = ["Identity", "Identity_1", "Identity_2", "Identity_3", "Identity_4", "Identity_5"];
        using var photo = await Photo.PrepareAsync("coffee.png");
        var ours = await stack.Inference.MapsAsync(photo.Request(outputs));
        var theirs = await TensorFlowJsAsync(photo, outputs);
        for (var i = 0; i < outputs.Length; i++)
        {
            var error = RelativeError(ours[i].Values, theirs[i].Values);
            Assert.True(error <= 1e-4, $"{outputs[i]}: relative L2 {error:G3}");
        }
    }

    [Theory]
    [InlineData("motorcycle_left.png", "motorcycle", 0.78)]
    [InlineData("coffee.png", "cup", 0.52)]
    public async Task Detector_OnAKnownPhotograph_NamesWhatIsThere(string file, string label, double score)
    {
        var (labels, scores) = await ScoresAsync(file);
        var best = Array.IndexOf(scores, scores.Max());
        Assert.Equal(label, labels[best]);
        Assert.InRange(scores[best], score - 0.06, score + 0.06);
    }

    [Fact]
    public async Task Detector_OnACat_RanksPersonAboveCat()
    {
        // The network's own mistake, known from its published weights: a faithful import must repeat it.
        var (labels, scores) = await ScoresAsync("chelsea.png");
        var order = scores.Select((score, i) => (labels[i], score)).OrderByDescending(pair => pair.score).Take(2).ToList();
        Assert.Equal(["person", "cat"], order.Select(pair => pair.Item1));
    }

    /// <summary>The highest score of each class over all positions of the three detection heads.</summary>
    private async Task<(IReadOnlyList<string> Labels, double[] Scores)> ScoresAsync(string file)
    {
        var info = await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = "nanodet" });
        using var photo = await Photo.PrepareAsync(file);
        var scores = new double[info.Labels.Count];
        foreach (var head in await stack.Inference.MapsAsync(photo.Request(["Identity", "Identity_1", "Identity_2"])))
        {
            for (var i = 0; i < head.Values.Length; i++)
            {
                scores[i % scores.Length] = Math.Max(scores[i % scores.Length], head.Values[i]);
            }
        }

        return (info.Labels, scores);
    }

    private static async Task<List<(int[] Shape, float[] Values)>> TensorFlowJsAsync(Photo photo, string[] nodes)
    {
        var installed = await ToolProcess.RunAsync(_tfjs, "npm", "install");
        Assert.True(installed.ExitCode == 0, installed.All);
        var outputs = Path.Combine(photo.Folder, "tfjs");
        var run = await ToolProcess.RunAsync(
            _tfjs,
            "node",
            ["run-model.mjs", Path.Combine(RepositoryPaths.Models, "nanodet", "nanodet.json"), photo.Input, "1,3,416,416", outputs, .. nodes]);
        Assert.True(run.ExitCode == 0, run.All);
        using var listing = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(outputs, "outputs.json")));
        return [.. listing.RootElement.EnumerateArray().Select(entry => (
            entry.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32()).ToArray(),
            MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(outputs, entry.GetProperty("file").GetString()!))).ToArray()))];
    }

    private static float[] ChannelsFirst(float[] values, int[] shape)
    {
        var (area, channels) = (shape[1] * shape[2], shape[3]);
        var result = new float[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            result[i % channels * area + i / channels] = values[i];
        }

        return result;
    }

    private static double RelativeError(float[] actual, float[] expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        double difference = 0, norm = 0;
        for (var i = 0; i < actual.Length; i++)
        {
            difference += Math.Pow((double)actual[i] - expected[i], 2);
            norm += Math.Pow(expected[i], 2);
        }

        return Math.Sqrt(difference / norm);
    }

    /// <summary>A photograph at the network's size, as a PNG for us and as numbers for the reference.</summary>
    private sealed class Photo : IDisposable
    {
        private Photo(string folder) => Folder = folder;

        public string Folder { get; }

        public string Input => Path.Combine(Folder, "input.f32");

        public static async Task<Photo> PrepareAsync(string file)
        {
            var photo = new Photo(Directory.CreateTempSubdirectory("cnnviz-photo-").FullName);
            var script = Path.Combine(RepositoryPaths.Root, "tests", "CnnViz.Stack.Tests", "photo_input.py");
            var run = await ToolProcess.RunAsync(
                photo.Folder, "/usr/bin/python3", script, Path.Combine(RepositoryPaths.Photos, file), "photo.png", "input.f32");
            Assert.True(run.ExitCode == 0, run.All);
            return photo;
        }

        public FeatureMapsRequest Request(IEnumerable<string> layers)
        {
            var request = new FeatureMapsRequest
            {
                Model = "nanodet",
                Picture = new Picture { Data = ByteString.CopyFrom(File.ReadAllBytes(Path.Combine(Folder, "photo.png"))) },
            };
            request.Layers.AddRange(layers);
            return request;
        }

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
