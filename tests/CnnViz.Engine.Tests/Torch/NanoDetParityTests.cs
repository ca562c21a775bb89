using CnnViz.Models;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Torch;

/// <summary>Activations and input gradients of a real trained network against the float64 reference.</summary>
public sealed class NanoDetParityTests(ITestOutputHelper output)
{
    private const int Size = 128;
    private const int Batch = 2;

    // A mid layer; class logits behind the whole backbone and the top-down and bottom-up pyramid with its resizes.
    [InstalledModelTheory("nanodet")]
    [InlineData(new[] { "Add_10" }, "torch")]
    [InlineData(new[] { "Add_10" }, "torch channels-first")]
    [InlineData(new[] { "Add_10" }, "onednn")]
    [InlineData(new[] { "Add_10" }, "onednn fast")]
    [InlineData(new[] { "Add_29", "Add_37", "Transpose_157" }, "torch")]
    [InlineData(new[] { "Add_29", "Add_37", "Transpose_157" }, "onednn")]
    [InlineData(new[] { "Add_29", "Add_37", "Transpose_157" }, "onednn fast")]
    public void ForwardAndBackward_NanoDet_EqualReference(string[] targets, string engineName)
    {
        using var graph = TfJsGraphReader.Read(InstalledModel.PathOf("nanodet"));
        var engine = TestEngines.Create(engineName, threads: 2);
        var precision = TestEngines.PrecisionOf(engineName);
        using var model = engine.Compile(graph, new CompileOptions(Size, Size, targets) { Precision = precision });
        var images = Parity.RandomValues(Batch * (int)model.InputShape.ElementCount, 11);
        (string Target, float[] Values)[] cotangents =
            [.. targets.Select((name, i) => (name, Parity.RandomValues(Batch * (int)model.TargetShapes[name].ElementCount, 12 + i)))];

        var folder = Directory.CreateTempSubdirectory("cnnviz-nanodet-").FullName;
        try
        {
            var job = ReferenceJob.Write(folder, graph, Size, Size, images, cotangents);
            ReferenceJob.Run([folder]);

            using var pass = model.Forward(images, Batch, withGradient: true);
            for (var i = 0; i < targets.Length; i++)
            {
                var activation = new float[cotangents[i].Values.Length];
                pass.CopyActivation(targets[i], activation);
                var error = Parity.RelativeError(activation, job.Activation(i));
                output.WriteLine($"{targets[i]}: relative error {error:e2}");
                Assert.InRange(error, 0, 1e-5);
            }

            var gradient = new float[images.Length];
            pass.Backward(cotangents.ToDictionary(c => c.Target, c => (ReadOnlyMemory<float>)c.Values), gradient);
            var angle = Parity.AngleError(gradient, job.Gradient());
            output.WriteLine($"{model.Precision} gradient: 1-cos {angle:e2}, relative error {Parity.RelativeError(gradient, job.Gradient()):e2}");
            Assert.InRange(angle, -1e-9, precision == PrecisionMode.Fast ? 2e-4 : 5e-5);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
