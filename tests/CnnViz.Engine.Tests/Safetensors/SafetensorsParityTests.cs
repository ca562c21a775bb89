using System.Runtime.InteropServices;
using CnnViz.Engine.Tests.Torch;
using CnnViz.Engine.Torch;
using CnnViz.Models;
using CnnViz.Tests.Shared;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Safetensors;

/// <summary>PyTorch networks with their weights in a safetensors file, against PyTorch itself: the class logits.</summary>
public sealed class SafetensorsParityTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("resnet18", "F32", 96, "resnet18-torchvision")]
    [InlineData("resnet18", "BF16", 75, "resnet18-torchvision")]
    [InlineData("resnet50", "F16", 96, "resnet50-torchvision")]
    [InlineData("vgg16", "F16", 224, "vgg16-torchvision")]
    [InlineData("vgg16-timm", "BF16", 224, "vgg16-torchvision")]
    public async Task Forward_PyTorchsWeights_EqualPyTorch(string network, string type, int size, string found)
    {
        using var folder = new TemporaryFolder();
        var script = Path.Combine(AppContext.BaseDirectory, "Safetensors", "torch_networks.py");
        var made = await ToolProcess.RunAsync(folder.Path, "/usr/bin/python3", script, network, type, $"{size}", folder.Path);
        Assert.True(made.ExitCode == 0, made.All);
        var images = Values<float>(folder, "input.bin");
        var logits = Values<double>(folder, "logits.bin");

        using var graph = SafetensorsReader.Read(Path.Combine(folder.Path, "model.safetensors"));
        var zoo = ZooModel.All.Single(zoo => zoo.Name == found);
        Assert.StartsWith(zoo.Architecture, graph.Description, StringComparison.Ordinal);
        Assert.False(graph.Untrained);
        var engine = new TorchEngine(new TorchEngineOptions { Device = "cpu", Threads = 2 });
        var layer = graph.Outputs.Single();
        using var compiled = engine.Compile(graph, new CompileOptions(size, size, [layer]));
        using var pass = compiled.Forward(images, 1, withGradient: false);
        var actual = new float[logits.Length];
        pass.CopyActivation(layer, actual);
        var error = Parity.RelativeError(actual, logits);
        output.WriteLine($"{network} {type}: relative error {error:e2}");
        Assert.InRange(error, 0, 1e-4);
    }

    private static T[] Values<T>(TemporaryFolder folder, string file)
        where T : struct =>
        MemoryMarshal.Cast<byte, T>(File.ReadAllBytes(Path.Combine(folder.Path, file))).ToArray();
}
