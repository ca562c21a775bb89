using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using CnnViz.Engine.Tests.Torch;
using CnnViz.Models;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Zoo;

/// <summary>
/// The zoo's networks against python3-torch modules written straight from their architectures, in float64, with shared weights:
/// names, order, shapes, paddings and connections must all agree for the numbers to.
/// </summary>
public sealed class ZooParityTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("vgg16-notop", "block5_conv3", 64, 1)]
    [InlineData("vgg16-notop", "block4_pool", 72, 255)]
    [InlineData("vgg19-notop", "block5_pool", 64, 1)]
    [InlineData("vgg16-torchvision", "features.9", 224, 1)]
    [InlineData("resnet50-notop", "conv5_block3_out", 75, 1)]
    [InlineData("resnet152-notop", "conv5_block3_out", 64, 1)]
    [InlineData("resnet50v2-notop", "conv3_block4_out", 96, 1)]
    [InlineData("resnet50v2-notop", "post_relu", 75, 1)]
    [InlineData("resnet18-torchvision", "fc", 75, 1)]
    [InlineData("resnet50-torchvision", "fc", 75, 1)]
    [InlineData("mobilenet", "predictions", 96, 1)]
    [InlineData("mobilenetv2-notop", "out_relu", 96, 1)]
    [InlineData("densenet121-notop", "relu", 75, 1)]
    [InlineData("inceptionv3-notop", "mixed10", 96, 1)]
    [InlineData("efficientnetb0-notop", "top_activation", 96, 255)]
    [InlineData("squeezenet", "loss", 75, 1)]
    public void ForwardAndBackward_SharedWeights_EqualTorch(string model, string layer, int size, float amplitude)
        => Compare(model, layer, size, amplitude);

    /// <summary>The depths between those above: a minute of reference each on a slow machine.</summary>
    [Theory]
    [Trait("Category", "Soak")]
    [InlineData("resnet101-notop", "conv5_block3_out", 64, 1)]
    [InlineData("resnet101v2-notop", "post_relu", 64, 1)]
    [InlineData("resnet152v2-notop", "post_relu", 64, 1)]
    public void ForwardAndBackward_OtherDepths_EqualTorch(string model, string layer, int size, float amplitude)
        => Compare(model, layer, size, amplitude);

    private void Compare(string model, string layer, int size, float amplitude)
    {
        using var built = ZooModel.All.Single(zoo => zoo.Name == model).Build();
        using var graph = new ModelGraph(built.Name, built.Input, built.Layers, new StirredWeights(built.Weights));
        var images = Parity.RandomValues(3 * size * size, 3);
        for (var i = 0; i < images.Length; i++)
        {
            images[i] *= amplitude;
        }

        var shape = ShapeInference.Infer(graph, size, size, [layer])[graph.Find(layer)!.Name];
        var cotangent = Parity.RandomValues((int)shape.ElementCount, 4);
        var (activation, gradient) = Reference(model, layer, graph, images, cotangent);
        foreach (var (name, threads) in new[] { ("torch", 1), ("onednn", 1), ("onednn", 2), ("onednn fast", 1) })
        {
            var engine = TestEngines.Create(name, threads);
            var precision = TestEngines.PrecisionOf(name);
            using var compiled = engine.Compile(graph, new CompileOptions(size, size, [layer]) { Precision = precision });
            using var pass = compiled.Forward(images, 1, withGradient: true);
            var actual = new float[cotangent.Length];
            pass.CopyActivation(layer, actual);
            var actualGradient = new float[images.Length];
            pass.Backward(new Dictionary<string, ReadOnlyMemory<float>> { [layer] = cotangent }, actualGradient);

            var error = Parity.RelativeError(actual, activation);
            var angle = Parity.AngleError(actualGradient, gradient);
            var run = $"{model} {layer}, {engine.Name} on {engine.Threads}";
            output.WriteLine($"{run}: forward relative error {error:e2}, gradient 1-cos {angle:e2}");
            Assert.InRange(error, 0, 1e-4);
            Assert.InRange(angle, -1e-9, precision == PrecisionMode.Fast ? FastLimit(graph) : 5e-5);
        }
    }

    /// <summary>bfloat16's rounding adds up over the layers.</summary>
    private static double FastLimit(ModelGraph graph) => graph.Layers.Count > 300 ? 1e-3 : 2e-4;

    private static (double[] Activation, double[] Gradient) Reference(
        string model, string layer, ModelGraph graph, float[] images, float[] cotangent)
    {
        var folder = Directory.CreateTempSubdirectory("cnnviz-zoo-").FullName;
        try
        {
            WriteWeights(graph, ShapeInference.Ancestors(graph, [layer]), folder);
            File.WriteAllBytes(Path.Combine(folder, "input.bin"), MemoryMarshal.AsBytes(images.AsSpan()));
            File.WriteAllBytes(Path.Combine(folder, "cotangent.bin"), MemoryMarshal.AsBytes(cotangent.AsSpan()));
            var script = Path.Combine(AppContext.BaseDirectory, "Zoo", "keras_models.py");
            var start = new ProcessStartInfo(
                "/usr/bin/python3",
                [script, model.Replace("-notop", "", StringComparison.Ordinal), folder, layer])
            { RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, errors);
            return (ReadDoubles(folder, "activation.bin"), ReadDoubles(folder, "gradient.bin"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void WriteWeights(ModelGraph graph, IReadOnlySet<string> needed, string folder)
    {
        var table = new Dictionary<string, object[]>();
        using (var file = File.Create(Path.Combine(folder, "weights.bin")))
        {
            foreach (var weight in graph.Layers.Where(layer => needed.Contains(layer.Name)).SelectMany(layer => layer.Weights))
            {
                table[weight.Key] = [file.Position / sizeof(float), weight.Shape];
                var values = new float[weight.ElementCount];
                graph.Weights.Read(weight.Key, values);
                file.Write(MemoryMarshal.AsBytes(values.AsSpan()));
            }
        }

        File.WriteAllText(Path.Combine(folder, "weights.json"), JsonSerializer.Serialize(table));
    }

    private static double[] ReadDoubles(string folder, string file) =>
        MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(Path.Combine(folder, file))).ToArray();

    /// <summary>Biases, scales and statistics that are not all 0 or 1, so that leaving one out shows.</summary>
    private sealed class StirredWeights(IWeightStore inner) : IWeightStore
    {
        public string Digest => "stirred-" + inner.Digest;

        public long StoredBytes => inner.StoredBytes;

        public bool Contains(string key) => inner.Contains(key);

        public IReadOnlyList<int> ShapeOf(string key) => inner.ShapeOf(key);

        public void Read(string key, Span<float> destination)
        {
            inner.Read(key, destination);
            var scale = Path.GetFileName(key) switch
            {
                "kernel" or "constant" => 0f,
                "gamma" or "moving_variance" or "variance" => 0.3f,
                _ => 0.1f,
            };
            var noise = Parity.RandomValues(scale == 0 ? 0 : destination.Length, key.Length + destination.Length);
            for (var i = 0; i < noise.Length; i++)
            {
                destination[i] += scale * noise[i];
            }
        }

        public void Dispose() => inner.Dispose();
    }
}
