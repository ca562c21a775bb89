using CnnViz.Engine.Maximization;
using CnnViz.Engine.Tests.Torch;
using CnnViz.Engine.Torch;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>What a run tells the engine of the cells that it reads, and that nothing else of the maps matters.</summary>
public sealed class MaximizerRegionTests
{
    private static readonly TorchEngineOptions _cpu = new() { Device = "cpu", Threads = 1 };

    public static TheoryData<string> Cases() => [.. Options().Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task RunAsync_WhateverLiesOutsideTheRegions_SamePictures(string name)
    {
        var (options, regions) = Options()[name];
        var (plain, cropped) = (new RegionEngine(new TorchEngine(_cpu), true), new RegionEngine(new TorchEngine(_cpu), false));

        var expected = await RunAsync(plain, options);
        var actual = await RunAsync(cropped, options);

        Assert.Equal(regions, Text(cropped.First));
        Assert.Equal(2 * options.Diversity.Variants, actual.Count);
        Assert.All(expected.Zip(actual), pair =>
        {
            Assert.Equal(pair.First.Image.ToArray(), pair.Second.Image.ToArray());
            Assert.Equal((pair.First.Objective, pair.First.Quality), (pair.Second.Objective, pair.Second.Quality));
        });
    }

    [Fact]
    public void Reads_BorderLargerThanTheMap_TheMiddleRemains()
    {
        var shape = new TensorShape(2, 5, 4);

        Assert.Equal(new CellRegion(2, 3, 1, 3), new ChannelObjective("a", 9).Reads(shape));
        Assert.Equal(new CellRegion(1, 4, 1, 3), new DirectionObjective("a", [1, 0], 0, 1).Reads(shape));
        Assert.Equal(new CellRegion(2, 3, 2, 3), new NeuronObjective("a").Reads(shape));
        Assert.Equal(new CellRegion(4, 5, 0, 1), new NeuronObjective("a", 4, 0).Reads(shape));
        Assert.Equal(new CellRegion(0, 5, 0, 4), new DeepDreamObjective("a").Reads(shape));
    }

    /// <summary>"first" is 3x16x16, "second" 4x8x8.</summary>
    private static Dictionary<string, (MaximizationOptions Options, string Regions)> Options()
    {
        var channel = MaximizationOptions.ForRecipe(MaximizationRecipe.Lucid, "second", [0, 2], 16, 16) with
        {
            Steps = 4,
            Border = 2,
        };
        var neuron = channel with { Objective = ObjectiveKind.Neuron, NeuronRow = 1, NeuronColumn = 6 };
        return new Dictionary<string, (MaximizationOptions, string)>
        {
            ["channel"] = (channel, "second 2..6 2..6"),
            ["channel with scores"] = (channel with { Score = true }, "second 2..6 2..6"),
            ["no border"] = (channel with { Border = 0 }, ""),
            ["neuron"] = (neuron, "second 1..2 6..7"),
            ["neuron with scores"] = (neuron with { Score = true }, "second 1..2 6..7"),
            ["direction"] = (
                channel with { Objective = ObjectiveKind.Direction, Direction = [1, -1, 2, 0], CosinePower = 2 },
                "second 2..6 2..6"),
            ["deep dream"] = (channel with { Objective = ObjectiveKind.DeepDream }, ""),
            ["diversity"] = (channel with { Diversity = channel.Diversity with { Variants = 2 } }, ""),
            ["terms of both layers"] = (
                neuron with { Terms = [Term("first", 1), Term("second", 3)] }, "first 2..14 2..14, second 1..6 2..7"),
            ["a term that reads all"] = (
                neuron with { Terms = [Term("second", 1) with { Objective = ObjectiveKind.DeepDream }, Term("first", 0)] },
                "first 2..14 2..14"),
        };
    }

    private static TermOptions Term(string layer, int filter) =>
        new() { Objective = ObjectiveKind.Channel, Layer = layer, Filter = filter, Weight = 0.5 };

    private static string Text(IReadOnlyDictionary<string, CellRegion>? regions) => string.Join(
        ", ",
        (regions ?? new Dictionary<string, CellRegion>())
            .OrderBy(region => region.Key, StringComparer.Ordinal)
            .Select(one => $"{one.Key} {one.Value.Top}..{one.Value.Bottom} {one.Value.Left}..{one.Value.Right}"));

    private static async Task<List<MaximizationResult>> RunAsync(IEngine engine, MaximizationOptions options)
    {
        using var models = new CompiledModelCache(0);
        using var graph = Graph();
        var events = await new Maximizer(models).RunAsync(graph, engine, options).ToListAsync();
        return [.. events.OfType<MaximizationResult>()];
    }

    /// <summary>Convolutions 3x3 with ReLUs: 3 to 3 channels, then 3 to 4 with stride 2.</summary>
    private static ModelGraph Graph()
    {
        var weights = new Dictionary<string, (int[] Shape, float[] Values)>(StringComparer.Ordinal)
        {
            ["a"] = ([3, 3, 3, 3], [.. Enumerable.Range(0, 81).Select(i => 0.3f * MathF.Sin(i + 1))]),
            ["b"] = ([4, 3, 3, 3], [.. Enumerable.Range(0, 108).Select(i => 0.3f * MathF.Cos((2 * i) + 1))]),
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
            Convolution("a", "image", [3, 3, 3, 3], 1),
            new Layer { Name = "first", Op = new ActivationOp(ActivationKind.Relu), Inputs = ["a"] },
            Convolution("b", "first", [4, 3, 3, 3], 2),
            new Layer { Name = "second", Op = new ActivationOp(ActivationKind.Relu), Inputs = ["b"] },
        };
        return new ModelGraph("two", input, layers, new MemoryWeightStore(weights));

        static Layer Convolution(string name, string input, int[] shape, int stride) => new()
        {
            Name = name,
            Op = new Conv2DOp(new Size2D(stride, stride), Size2D.One, Padding2D.Uniform(1)),
            Inputs = [input],
            Weights = [new LayerWeight("kernel", name, shape, WeightLayout.Oihw)],
        };
    }
}
