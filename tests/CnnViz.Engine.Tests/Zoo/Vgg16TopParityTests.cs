using System.Diagnostics;
using System.Runtime.InteropServices;
using CnnViz.Engine.Tests.Torch;
using CnnViz.Engine.Torch;
using CnnViz.Models;
using CnnViz.Tests.Shared;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Zoo;

/// <summary>VGG16 with its classifier, at the size that its dense layers fix, against a torch function in float64.</summary>
public sealed class Vgg16TopParityTests(ITestOutputHelper output)
{
    private const int Size = 224;
    private const int Classes = 1000;
    private const long Parameters = 138_357_544;

    [Fact]
    public void Forward_AllParameters_EqualsTorch()
    {
        using var folder = new TemporaryFolder();
        using var built = ZooModel.All.Single(zoo => zoo.Name == "vgg16").Build();
        using var graph = new ModelGraph(built.Name, built.Input, built.Layers, new BiasedWeights(built.Weights));
        var images = Parity.RandomValues(3 * Size * Size, 3);
        var written = Write(graph, images, folder.Path);

        var script = Path.Combine(AppContext.BaseDirectory, "Zoo", "vgg16_top.py");
        var start = new ProcessStartInfo("/usr/bin/python3", [script, folder.Path]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var actual = Classify(graph, images);
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);

        var expected = MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(Path.Combine(folder.Path, "activation.bin")));
        var error = Parity.RelativeError(actual, expected);
        output.WriteLine($"{written} parameters, relative error of the probabilities {error:e2}");
        Assert.Equal(Parameters, written);
        Assert.Equal(1, actual.Sum(), 1e-4);
        Assert.True(actual.Max() > 2 * actual.Min(), "the probabilities are all alike");
        Assert.InRange(error, 0, 1e-4);
    }

    private static float[] Classify(ModelGraph graph, float[] images)
    {
        var engine = new TorchEngine(new TorchEngineOptions { Device = "cpu", Threads = 1 });
        using var model = engine.Compile(graph, new CompileOptions(Size, Size, ["predictions"]));
        using var pass = model.Forward(images, 1, withGradient: false);
        var scores = new float[Classes];
        pass.CopyActivation("predictions", scores);
        return scores;
    }

    /// <summary>Writes input and weights, layer by layer, and returns how many weights there are.</summary>
    private static long Write(ModelGraph graph, float[] images, string folder)
    {
        File.WriteAllBytes(Path.Combine(folder, "input.bin"), MemoryMarshal.AsBytes(images.AsSpan()));
        using var file = File.Create(Path.Combine(folder, "weights.bin"));
        foreach (var weight in graph.Layers.SelectMany(layer => layer.Weights))
        {
            var values = new float[weight.ElementCount];
            graph.Weights.Read(weight.Key, values);
            file.Write(MemoryMarshal.AsBytes(values.AsSpan()));
        }

        return file.Position / sizeof(float);
    }

    /// <summary>Biases that are not 0, so that leaving one out shows.</summary>
    private sealed class BiasedWeights(IWeightStore inner) : IWeightStore
    {
        public string Digest => "biased-" + inner.Digest;

        public long StoredBytes => inner.StoredBytes;

        public bool Contains(string key) => inner.Contains(key);

        public IReadOnlyList<int> ShapeOf(string key) => inner.ShapeOf(key);

        public void Read(string key, Span<float> destination)
        {
            inner.Read(key, destination);
            if (key.EndsWith("/bias", StringComparison.Ordinal))
            {
                var noise = Parity.RandomValues(destination.Length, destination.Length);
                for (var i = 0; i < noise.Length; i++)
                {
                    destination[i] += 0.1f * noise[i];
                }
            }
        }

        public void Dispose() => inner.Dispose();
    }
}
