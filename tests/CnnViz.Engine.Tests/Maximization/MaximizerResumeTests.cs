using CnnViz.Engine.Maximization;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>Runs that are cut off and go on from what was told of them until then.</summary>
public sealed class MaximizerResumeTests
{
    private const int Steps = 7;

    [Theory]
    [InlineData(MaximizationRecipe.Keras, OptimizerKind.NormalizedGradient, 1, 1)]
    [InlineData(MaximizationRecipe.Lucid, OptimizerKind.Adam, 1, 2)]
    [InlineData(MaximizationRecipe.Lucid, OptimizerKind.Nadam, 2, 1)]
    [InlineData(MaximizationRecipe.Maco, OptimizerKind.Nadam, 2, 2)]
    public async Task RunAsync_CutOffAnywhere_GoesOnToTheSameBits(
        MaximizationRecipe recipe, OptimizerKind optimizer, int batch, int lanes)
    {
        var options = MaximizationOptions.ForRecipe(recipe, "features", [4, 0, 2], 16, 16) with
        {
            Steps = Steps,
            Optimizer = optimizer,
            TransparencyMask = true,
            Seed = 5,
        };
        options = options with { Crops = options.Crops with { Count = 2, Size = 16 } };
        var settings = new RunSettings { CheckpointInterval = 2, Threads = 1 };
        var whole = await RunAsync(Engine(), options, settings);
        var expected = Results(whole);
        var plain = Results(await RunAsync(Engine(), options, settings with { CheckpointInterval = 0 }));
        Same(expected, plain);

        for (var cut = 1; cut < whole.Count; cut++)
        {
            var told = whole.Take(cut).ToList();
            var finished = told.OfType<MaximizationResult>().ToList();
            var resume = new RunResume(
                [.. told.OfType<MaximizationCheckpoint>().GroupBy(c => c.State.Group).Select(c => c.Last().State)],
                finished.Select(result => (result.Filter, result.Variant)).ToHashSet(),
                [.. finished.Where(result => result.ZeroGradient).Select(result => result.Filter)]);

            var rest = await RunAsync(Engine(), options, settings with { Resume = resume });

            var again = Results(rest);
            Same(expected, [.. Results(told), .. again.Where(r => !finished.Exists(f => f.Filter == r.Filter))]);
            var completed = Assert.IsType<MaximizationCompleted>(rest[^1]);
            Assert.Equal(3 * Steps, completed.ImageSteps);
            Assert.Equal([4], completed.ZeroGradientFilters);
        }

        AnalyticEngine Engine() => new() { Lanes = lanes, PreferredBatch = batch, Threads = lanes, DeadFilter = 4 };
    }

    [Fact]
    public async Task RunAsync_StateOfAnotherSize_Refused()
    {
        var options = MaximizationOptions.ForRecipe(MaximizationRecipe.Lucid, "features", [1], 16, 16) with { Steps = Steps };
        var state = new GroupCheckpoint(0, 2, [new PictureState(new float[3], new float[6], default, true)]);
        var settings = new RunSettings { Resume = new RunResume([state], new HashSet<(int, int)>(), []) };

        await Assert.ThrowsAsync<ArgumentException>(() => RunAsync(new AnalyticEngine(), options, settings));
    }

    private static List<MaximizationResult> Results(IEnumerable<MaximizationEvent> events) =>
        [.. events.OfType<MaximizationResult>()];

    private static void Same(IReadOnlyList<MaximizationResult> expected, IReadOnlyList<MaximizationResult> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach (var result in expected)
        {
            var other = actual.Single(one => one.Filter == result.Filter);
            Assert.Equal(result.Image.ToArray(), other.Image.ToArray());
            Assert.Equal(result.Mask.ToArray(), other.Mask.ToArray());
            Assert.Equal((result.Objective, result.ZeroGradient), (other.Objective, other.ZeroGradient));
        }
    }

    private static async Task<List<MaximizationEvent>> RunAsync(
        AnalyticEngine engine, MaximizationOptions options, RunSettings settings)
    {
        using var models = new CompiledModelCache(0);
        using var graph = AnalyticGraph.Create();
        return await new Maximizer(models).RunAsync(graph, engine, options, settings).ToListAsync();
    }
}
