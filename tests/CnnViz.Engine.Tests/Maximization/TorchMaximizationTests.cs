using CnnViz.Engine.Maximization;
using CnnViz.Engine.Tests.Torch;
using CnnViz.Engine.Torch;
using CnnViz.Models;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>What needs a real engine: relieved ReLUs, layers combined in one sweep, and scores of a trained network.</summary>
public sealed class TorchMaximizationTests(ITestOutputHelper output)
{
    private static readonly TorchEngineOptions _cpu = new() { Device = "cpu", Threads = 2 };

    [Fact]
    public async Task RunAsync_FilterThatTheNoiseDoesNotExcite_ReachedOnlyWithRelief()
    {
        // Grey noise leaves the filter off; a bright picture turns it on.
        var options = MaximizationOptions.ForRecipe(MaximizationRecipe.Lucid, "relu", [0], 16, 16) with
        {
            Steps = 30,
            LearningRate = 0.2,
            Transform = TransformKind.Identity,
        };

        var relieved = Assert.Single((await RunAsync(options)).OfType<MaximizationResult>());
        var plain = Assert.Single((await RunAsync(options with { ReluReliefSteps = 0 })).OfType<MaximizationResult>());

        Assert.True(plain.ZeroGradient);
        Assert.False(relieved.ZeroGradient);
        Assert.True(relieved.Objective > 0.1, $"objective {relieved.Objective}");
    }

    [Fact]
    public async Task RunAsync_FilterThatNothingExcites_ReportedInSpiteOfRelief()
    {
        var options = MaximizationOptions.ForRecipe(MaximizationRecipe.Lucid, "relu", [1], 16, 16) with { Steps = 20 };

        var result = Assert.Single((await RunAsync(options)).OfType<MaximizationResult>());

        Assert.True(result.ZeroGradient);
        Assert.True(result.Image.IsEmpty);
    }

    [InstalledModelFact("nanodet")]
    public async Task RunAsync_NanoDetMidLayer_ExceedsPhotographs()
    {
        using var graph = TfJsGraphReader.Read(InstalledModel.PathOf("nanodet"));
        var options = MaximizationOptions.ForRecipe(MaximizationRecipe.Lucid, "Add_11", [3, 60], 128, 128) with
        {
            Steps = 96,
            Score = true,
        };

        var results = (await RunAsync(graph, options)).OfType<MaximizationResult>().ToList();

        foreach (var result in results)
        {
            output.WriteLine($"filter {result.Filter}: {result.Quality}");
            Assert.True(result.Quality!.Clean > 1, $"filter {result.Filter}: {result.Quality}");
            Assert.Equal(result.Objective, result.Quality.Activation);
        }
    }

    [InstalledModelFact("nanodet")]
    public async Task RunAsync_TermOfAnotherLayer_RaisesItToo()
    {
        using var graph = TfJsGraphReader.Read(InstalledModel.PathOf("nanodet"));
        var options = MaximizationOptions.ForRecipe(MaximizationRecipe.Lucid, "Add_10", [5], 64, 64) with { Steps = 32 };
        var term = new TermOptions { Layer = "Add_4", Filter = 3, Weight = 2 };

        var alone = (await RunAsync(graph, options)).OfType<MaximizationResult>().Single();
        var both = (await RunAsync(graph, options with { Terms = [term] })).OfType<MaximizationResult>().Single();

        var (without, with) = (Excites(graph, alone), Excites(graph, both));
        Assert.True(with > without, $"Add_4 filter 3: {without} without the term, {with} with it");
    }

    /// <summary>A 1x1 convolution that sums red, green and blue, less 1 for filter 0 and less 10 for filter 1, and a
    /// ReLU.</summary>
    private static ModelGraph ReluGraph()
    {
        var weights = new Dictionary<string, (int[] Shape, float[] Values)>(StringComparer.Ordinal)
        {
            ["kernel"] = ([2, 3, 1, 1], [1, 1, 1, 1, 1, 1]),
            ["bias"] = ([2], [-1, -10]),
        };
        var input = new InputSpec
        {
            Name = "image",
            Height = 16,
            Width = 16,
            Channels = 3,
            Order = ChannelOrder.Rgb,
            Mean = [127.5f, 127.5f, 127.5f],
            Std = [127.5f, 127.5f, 127.5f],
        };
        var layers = new[]
        {
            new Layer { Name = "image", Op = new InputOp() },
            new Layer
            {
                Name = "sum",
                Op = new Conv2DOp(Size2D.One, Size2D.One, Padding2D.Uniform(0)),
                Inputs = ["image"],
                Weights =
                [
                    new LayerWeight("kernel", "kernel", [2, 3, 1, 1], WeightLayout.Oihw),
                    new LayerWeight("bias", "bias", [2], WeightLayout.Plain),
                ],
            },
            new Layer { Name = "relu", Op = new ActivationOp(ActivationKind.Relu), Inputs = ["sum"] },
        };
        return new ModelGraph("sum", input, layers, new MemoryWeightStore(weights));
    }

    private static double Excites(ModelGraph graph, MaximizationResult result)
    {
        using var model = new TorchEngine(_cpu).Compile(graph, new CompileOptions(64, 64, ["Add_4"]));
        var shape = model.TargetShapes["Add_4"];
        var (input, activation) = (new float[model.InputShape.ElementCount], new float[shape.ElementCount]);
        new InputMapping(graph.Input).Forward(result.Image.Span, input);
        using var pass = model.Forward(input, 1, withGradient: false);
        pass.CopyActivation("Add_4", activation);
        return new ChannelObjective("Add_4", 1).Evaluate(activation, shape, 3, new float[activation.Length]);
    }

    private static async Task<List<MaximizationEvent>> RunAsync(MaximizationOptions options)
    {
        using var graph = ReluGraph();
        return await RunAsync(graph, options);
    }

    private static async Task<List<MaximizationEvent>> RunAsync(ModelGraph graph, MaximizationOptions options)
    {
        using var models = new CompiledModelCache(0);
        return await new Maximizer(models).RunAsync(graph, new TorchEngine(_cpu), options).ToListAsync();
    }
}
