using System.Runtime.InteropServices;
using System.Text.Json;
using CnnViz.Tests.Shared;

namespace CnnViz.Stack.Tests;

/// <summary>
/// One model of each format, written and run by other frameworks: TensorFlow.js (layers model, graph model, and by h5py such
/// layers as .h5 and .keras), ONNX Runtime, PyTorch. Their inputs are pictures under some mean and deviation, so that a client
/// can send them.
/// </summary>
public sealed class UploadedModels : IDisposable
{
    private static readonly string _parity = Path.Combine(RepositoryPaths.Root, "tests", "Parity");
    private static readonly string _tfjs = Path.Combine(_parity, "tfjs");
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, UploadedModel> _models = new(StringComparer.Ordinal);

    public void Dispose() => _folder.Dispose();

    /// <summary>The model of a format; made once.</summary>
    internal async Task<UploadedModel> OfAsync(string format)
    {
        if (!_models.TryGetValue(format, out var model))
        {
            model = format switch
            {
                "layers-model" => await OfTensorFlowJsAsync("convolutions", "model.json", "weights.bin"),
                "keras-h5" => await OfTensorFlowJsAsync("spatial", "model.h5"),
                "keras-archive" => await OfTensorFlowJsAsync("merges", "model.keras"),
                "onnx" => await OfOnnxRuntimeAsync(),
                "safetensors" => await OfPyTorchAsync(),
                "graph-model" => await OfGraphModelAsync(),
                _ => throw new ArgumentOutOfRangeException(nameof(format), format, "no such format"),
            };
            _models[format] = model;
        }

        return model;
    }

    private string PathOf(params string[] parts) => Path.Combine([_folder.Path, .. parts]);

    private static async Task InstallTensorFlowJsAsync()
    {
        if (!Directory.Exists(Path.Combine(_tfjs, "node_modules", "@tensorflow", "tfjs-layers")))
        {
            await RunAsync(_tfjs, "npm", "install");
        }
    }

    private async Task<UploadedModel> OfTensorFlowJsAsync(string model, params string[] files)
    {
        if (!Directory.Exists(PathOf(model)))
        {
            await InstallTensorFlowJsAsync();
            await RunAsync(_tfjs, "node", "layers-models.mjs", _folder.Path);
        }

        if (Path.GetExtension(files[0]) != ".json")
        {
            await RunAsync(Path.Combine(_parity, "keras"), "/usr/bin/python3", "convert_layers_model.py", PathOf(model));
        }

        var input = Floats(PathOf(model, "input.f32"));
        return new(
            [.. files.Select(file => PathOf(model, file))],
            ["--mean", "127.5", "--std", "127.5"],
            Height: 12,
            Width: 10,
            Pngs.Rgb(10, Pixels(input, 127.5)),
            [.. Listing(PathOf(model), "layer").Select(entry => (entry.Name, ChannelsFirst(entry.Shape, entry.Values)))]);
    }

    private async Task<UploadedModel> OfOnnxRuntimeAsync()
    {
        const int height = 24;
        const int width = 20;
        string[] tensors = ["conv", "leaky", "pool", "up", "sum", "relu", "logits"];
        var folder = Directory.CreateDirectory(PathOf("onnx")).FullName;
        var tools = Path.Combine(_parity, "onnxruntime");
        var pixels = new byte[height * width * 3];
        new Random(3).NextBytes(pixels);
        await RunAsync(tools, "/usr/bin/python3", "small-model.py", folder);
        var model = Path.Combine(folder, "model.onnx");
        var copy = Path.Combine(folder, "all.onnx");
        var input = Path.Combine(folder, "input.f32");
        await RunAsync(tools, "/usr/bin/python3", ["add-outputs.py", model, copy, .. tensors]);
        await WriteAsync(input, [.. ChannelsFirst([1, height, width, 3], pixels).Select(pixel => pixel / 255f)]);
        await RunAsync(tools, "node", ["run-model.mjs", copy, input, $"1,3,{height},{width}", folder, .. tensors]);
        return new(
            [model, Path.Combine(folder, "weights.data")],
            [],
            height,
            width,
            Pngs.Rgb(width, pixels),
            [.. Listing(folder, "name").Select(entry => (entry.Name, entry.Values))]);
    }

    private async Task<UploadedModel> OfPyTorchAsync()
    {
        const int size = 64;
        var folder = Directory.CreateDirectory(PathOf("safetensors")).FullName;
        var script = Path.Combine(RepositoryPaths.Root, "tests", "CnnViz.Engine.Tests", "Safetensors", "torch_networks.py");
        await RunAsync(folder, "/usr/bin/python3", script, "resnet18", "F16", $"{size}", folder);
        var input = Floats(Path.Combine(folder, "input.bin"));
        var area = size * size;
        float[] interleaved = [.. Enumerable.Range(0, input.Length).Select(i => input[(i % 3 * area) + (i / 3)])];
        var logits = MemoryMarshal.Cast<byte, double>(await File.ReadAllBytesAsync(Path.Combine(folder, "logits.bin"))).ToArray();
        return new(
            [Path.Combine(folder, "model.safetensors")],
            ["--mean", "127.5", "--std", "63.75"],
            size,
            size,
            Pngs.Rgb(size, Pixels(interleaved, 63.75)),
            [("fc", [.. logits.Select(logit => (float)logit)])]);
    }

    private async Task<UploadedModel> OfGraphModelAsync()
    {
        await InstallTensorFlowJsAsync();
        const int size = 385;
        string[] nodes = ["MobilenetV1/MobilenetV1/Conv2d_13_pointwise/Relu6", "MobilenetV1/heatmap_2/BiasAdd"];
        var model = Path.Combine(RepositoryPaths.Models, "posenet");
        var folder = Directory.CreateDirectory(PathOf("graph")).FullName;
        var pixels = new byte[size * size * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(127.5 + (100 * Math.Sin(i / 3 % size / 17.0) * Math.Cos(i / 3 / size / (11.0 + (i % 3)))));
        }

        var input = Path.Combine(folder, "input.f32");
        await WriteAsync(input, [.. pixels.Select(pixel => (pixel - 127.5f) / 127.5f)]);
        var json = Path.Combine(model, "posenet.json");
        await RunAsync(_tfjs, "node", ["run-model.mjs", json, input, $"1,{size},{size},3", folder, .. nodes]);
        return new(
            [json, Path.Combine(model, "posenet.bin")],
            ["--mean", "127.5", "--std", "127.5"],
            size,
            size,
            Pngs.Rgb(size, pixels),
            [.. Listing(folder, "node").Select(entry => (entry.Name, ChannelsFirst(entry.Shape, entry.Values)))]);
    }

    /// <summary>What a reference program lists in outputs.json.</summary>
    private static IEnumerable<(string Name, int[] Shape, float[] Values)> Listing(string folder, string key)
    {
        using var listing = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "outputs.json")));
        foreach (var entry in listing.RootElement.EnumerateArray())
        {
            yield return (
                entry.GetProperty(key).GetString()!,
                [.. entry.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32())],
                Floats(Path.Combine(folder, entry.GetProperty("file").GetString()!)));
        }
    }

    private static byte[] Pixels(float[] values, double deviation) =>
        [.. values.Select(value => (byte)Math.Round((value * deviation) + 127.5))];

    private static T[] ChannelsFirst<T>(int[] shape, T[] values)
    {
        var channels = shape.Length == 4 ? shape[3] : 1;
        var cells = values.Length / channels;
        return [.. Enumerable.Range(0, values.Length).Select(i => values[(i % cells * channels) + (i / cells)])];
    }

    private static float[] Floats(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();

    private static Task WriteAsync(string path, float[] values) =>
        File.WriteAllBytesAsync(path, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    private static async Task RunAsync(string folder, string program, params IEnumerable<string> arguments)
    {
        var run = await ToolProcess.RunAsync(folder, program, arguments);
        Assert.True(run.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {run.All}");
    }
}
