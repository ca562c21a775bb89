using CnnViz.Models;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Torch;

/// <summary>The gradient with relieved ReLUs against a float64 reference of its own, sample by sample.</summary>
public sealed class RelievedReluTests(ITestOutputHelper output)
{
    private const int Channels = 6;
    private const int Height = 12;
    private const int Width = 14;

    /// <summary>Factors of a sample's noise: ReLUs partly on; the first ReLU all off; ReLU6 nowhere between 0 and 6.</summary>
    private static readonly float[] _amplitudes = [8, 0, 1e6f];

    [Theory]
    [InlineData("torch")]
    [InlineData("torch channels-first")]
    [InlineData("onednn")]
    public void Backward_SamplesWithLiveAndDeadReLUs_EachAsReference(string engineName)
    {
        using var graph = Build(out var first, out var last);
        (string Target, int Length)[] targets = [(last, 4 * Height * Width), (first, 8 * Height * Width)];
        var images = Images();
        (string Target, float[] Values)[] cotangents =
            [.. targets.Select((target, i) => (target.Target, Parity.RandomValues(target.Length * _amplitudes.Length, 3 + i)))];
        var engine = TestEngines.Create(engineName, threads: 1);

        var (values, gradient) = Run(engine, graph, images, cotangents, relief: true);
        var (plainValues, plain) = Run(engine, graph, images, cotangents, relief: false);
        var job = Reference(graph, images, cotangents);

        Assert.Equal(plainValues, values);
        var sample = Channels * Height * Width;
        for (var i = 0; i < _amplitudes.Length; i++)
        {
            var actual = gradient.AsSpan(i * sample, sample);
            var error = Parity.RelativeError(actual, job.AsSpan(i * sample, sample));
            double[] without = [.. plain.Skip(i * sample).Take(sample)];
            var apart = without.All(value => value == 0) ? 1 : Parity.AngleError(actual, without);
            output.WriteLine($"sample {i}: relative error {error:e2}, 1-cos to the plain gradient {apart:e2}");
            Assert.InRange(error, 0, 1e-5);
            if (i == 0)
            {
                Assert.InRange(apart, -1e-9, 1e-9);
            }
            else
            {
                Assert.True(apart > 0.01, $"sample {i}: relief changes nothing");
            }
        }
    }

    [Theory]
    [InlineData("torch")]
    [InlineData("onednn")]
    public void Backward_OneDeadReLU_HandsBackWhatRaisesAndNotWhatLowers(string engineName)
    {
        // y = relu(x) with every x below 0: a positive gradient passes, a negative one would push x lower.
        var builder = new GraphBuilder(1);
        var relu = builder.Add(new ActivationOp(ActivationKind.Relu));
        using var graph = builder.Build(1, 3);
        float[] cotangent = [2, -3, 0.5f];

        var engine = TestEngines.Create(engineName, threads: 1);
        var (_, dead) = Run(engine, graph, [-1, -1, -1], [(relu, cotangent)], relief: true, height: 1, width: 3);
        var (_, alive) = Run(engine, graph, [-1, 1, -1], [(relu, cotangent)], relief: true, height: 1, width: 3);

        Assert.Equal([2, 0, 0.5f], dead);
        Assert.Equal([0, -3, 0], alive);
    }

    private static (List<float> Values, float[] Gradient) Run(
        IEngine engine,
        ModelGraph graph,
        float[] images,
        (string Target, float[] Values)[] cotangents,
        bool relief,
        int height = Height,
        int width = Width)
    {
        var options = new CompileOptions(height, width, [.. cotangents.Select(c => c.Target)]) { ReluRelief = relief };
        using var model = engine.Compile(graph, options);
        var batch = images.Length / (int)model.InputShape.ElementCount;
        using var pass = model.Forward(images, batch, withGradient: true);
        var values = new List<float>();
        foreach (var (target, cotangent) in cotangents)
        {
            var activation = new float[cotangent.Length];
            pass.CopyActivation(target, activation);
            values.AddRange(activation);
        }

        var gradient = new float[images.Length];
        pass.Backward(cotangents.ToDictionary(c => c.Target, c => (ReadOnlyMemory<float>)c.Values), gradient);
        return (values, gradient);
    }

    private static double[] Reference(ModelGraph graph, float[] images, (string Target, float[] Values)[] cotangents)
    {
        var folder = Directory.CreateTempSubdirectory("cnnviz-relief-").FullName;
        try
        {
            var job = ReferenceJob.Write(folder, graph, Height, Width, images, cotangents, relief: true);
            ReferenceJob.Run([folder]);
            return job.Gradient();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>ReLU behind a convolution less two constants, that a picture of zeros leaves all off, and ReLU6 behind a
    /// sum.</summary>
    private static ModelGraph Build(out string first, out string last)
    {
        var builder = new GraphBuilder(Channels);
        var conv = builder.Conv(Channels, 8, 3);
        Subtract(builder);
        Subtract(builder);
        first = builder.Add(new ActivationOp(ActivationKind.Relu));
        var second = builder.Conv(8, 8, 3);
        builder.Add(new BinaryOp(BinaryKind.Add), second, conv);
        builder.Add(new ActivationOp(ActivationKind.Relu6));
        last = builder.Conv(8, 4, 3);
        return builder.Build(Height, Width);
    }

    private static void Subtract(GraphBuilder builder) =>
        builder.AddWeighted(new BinaryOp(BinaryKind.Subtract), [("constant", WeightLayout.Plain, [8, 1, 1])]);

    private static float[] Images()
    {
        var noise = Parity.RandomValues(_amplitudes.Length * Channels * Height * Width, 2);
        return [.. noise.Select((value, i) => value * _amplitudes[i / (Channels * Height * Width)])];
    }
}
