using CnnViz.Engine.OneDnn;
using CnnViz.Engine.Tests.Torch;
using CnnViz.Models;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.OneDnn;

/// <summary>Whole networks: which implementations run, exact regions, and the fast mode.</summary>
public sealed class OneDnnNetworkTests(ITestOutputHelper output)
{
    public static TheoryData<string, string, int> Networks => new()
    {
        { "vgg16-notop", "block4_conv3", 64 },
        { "resnet50-notop", "conv4_block2_out", 75 },
        { "resnet50v2-notop", "conv3_block4_out", 96 },
        { "mobilenetv2-notop", "block_8_add", 96 },
        { "densenet121-notop", "pool3_conv", 75 },
        { "inceptionv3-notop", "mixed3", 96 },
        { "efficientnetb0-notop", "block4a_se_excite", 96 },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Compile_Network_RunsNothingOnTheReferenceImplementation(string model, string layer, int size)
    {
        using var graph = Build(model);
        var engine = new OneDnnEngine();
        foreach (var (threads, precision) in new[] { (1, PrecisionMode.Exact), (0, PrecisionMode.Exact), (1, PrecisionMode.Fast) })
        {
            using var compiled = (OneDnnCompiledModel)engine.Compile(
                graph, new CompileOptions(size, size, [layer]) { Threads = threads, Precision = precision });
            var names = compiled.GradientProgram.StepNames;
            Assert.NotEmpty(names);
            Assert.DoesNotContain(names, name => name.Contains("ref", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Backward_RegionOfTheTarget_EqualsTheWholeWithLessWork(string model, string layer, int size)
    {
        using var graph = Build(model);
        var shape = ShapeInference.Infer(graph, size, size, [layer])[graph.Find(layer)!.Name];
        var region = new CellRegion(shape.Height / 3, (shape.Height / 3) + 1, shape.Width / 2, shape.Width / 2 + 1);
        var cotangent = new float[shape.ElementCount];
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            cotangent[(((channel * shape.Height) + region.Top) * shape.Width) + region.Left] = 1 - (channel % 3);
        }

        var images = Parity.RandomValues(3 * size * size, 3);
        var engine = new OneDnnEngine();
        var (whole, wholeGradient, wholeBytes) = Run(engine, graph, new CompileOptions(size, size, [layer]), images, cotangent);
        var (part, partGradient, partBytes) = Run(
            engine,
            graph,
            new CompileOptions(size, size, [layer]) { Regions = new Dictionary<string, CellRegion> { [layer] = region } },
            images,
            cotangent);

        output.WriteLine($"arena {wholeBytes >> 10} KiB whole, {partBytes >> 10} KiB for the region");
        for (var i = 0; i < whole.Length; i++)
        {
            if (cotangent[i] != 0)
            {
                Assert.Equal(whole[i], part[i], 1e-4 * Math.Max(1, Math.Abs(whole[i])));
            }
        }

        double[] expected = [.. wholeGradient];
        Assert.InRange(Parity.AngleError(partGradient, expected), -1e-9, 1e-5);
        Assert.True(partBytes <= wholeBytes);
    }

    [Fact]
    public void Backward_OneCell_TouchesItsReceptiveFieldAlone()
    {
        using var graph = Build("vgg16-notop");
        var cotangent = new float[256 * 16 * 16];
        cotangent[0] = 1;
        var options = new CompileOptions(64, 64, ["block3_conv3"])
        {
            Regions = new Dictionary<string, CellRegion> { ["block3_conv3"] = new(0, 1, 0, 1) },
        };
        var (_, gradient, bytes) = Run(new OneDnnEngine(), graph, options, Parity.RandomValues(3 * 64 * 64, 1), cotangent);
        var whole = new OneDnnEngine().Compile(graph, new CompileOptions(64, 64, ["block3_conv3"]));

        // Behind the cell lie 3 convolutions of 3x3, a pool, two of each twice more: 24 cells of the picture from its corner.
        Assert.Contains(gradient, value => value != 0);
        Assert.True(bytes < whole.EstimatedBytesPerImage / 2, $"{bytes} of {whole.EstimatedBytesPerImage}");
        Assert.Equal(0, gradient[^1]);
        whole.Dispose();
    }

    private static ModelGraph Build(string model) => ZooModel.All.Single(zoo => zoo.Name == model).Build();

    private static (float[] Activation, float[] Gradient, long Bytes) Run(
        OneDnnEngine engine, ModelGraph graph, CompileOptions options, float[] images, float[] cotangent)
    {
        using var compiled = engine.Compile(graph, options);
        using var pass = compiled.Forward(images, 1, withGradient: true);
        var layer = options.TargetLayers[0];
        var activation = new float[compiled.TargetShapes[layer].ElementCount];
        pass.CopyActivation(layer, activation);
        var gradient = new float[images.Length];
        pass.Backward(new Dictionary<string, ReadOnlyMemory<float>> { [layer] = cotangent }, gradient);
        return (activation, gradient, compiled.EstimatedBytesPerImage);
    }
}
