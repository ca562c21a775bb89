using CnnViz.Engine.Maximization;

namespace CnnViz.Engine.Tests.Maximization;

public sealed class MaximizerTests
{
    [Fact]
    public async Task RunAsync_SeveralGroups_EventsInOrder()
    {
        var engine = new AnalyticEngine { PreferredBatch = 2 };
        var options = Keras([4, 0, 2]) with { Steps = 3, PreviewInterval = 2, Seed = 9 };

        var events = await RunAsync(engine, options);

        var started = Assert.IsType<MaximizationStarted>(events[0]);
        Assert.Equal(("analytic", "cpu", "fp64"), (started.Engine, started.Device, started.Precision));
        Assert.Equal((2, 2), (started.Batch, started.Threads));
        Assert.Equal(options, started.Options);
        Assert.Equal("(5, 6, 6)", started.LayerShape.ToString());
        Assert.Equal("(3, 16, 16)", started.ImageShape.ToString());
        string[] expected =
        [
            "progress 0.1: 4 0", "progress 0.2: 4 0", "preview 2: 4", "preview 2: 0", "progress 0.3: 4 0", "result 4", "result 0",
            "progress 1.1: 2", "progress 1.2: 2", "preview 2: 2", "progress 1.3: 2", "result 2",
        ];
        Assert.Equal(expected, events[1..^1].Select(Describe));
        var fractions = events.OfType<MaximizationProgress>().Select(p => p.Fraction).ToArray();
        Assert.Equal([2 / 9.0, 4 / 9.0, 6 / 9.0, 7 / 9.0, 8 / 9.0, 1], fractions);
        var completed = Assert.IsType<MaximizationCompleted>(events[^1]);
        Assert.Equal(9, completed.ImageSteps);
        Assert.Empty(completed.ZeroGradientFilters);
        Assert.True(completed.EngineTime > TimeSpan.Zero && completed.EngineTime <= completed.Elapsed);
        Assert.Equal((0, 0), (engine.OpenPasses, engine.OpenModels));
    }

    [Theory]
    [InlineData(MaximizationRecipe.Keras, TransformKind.Identity)]
    [InlineData(MaximizationRecipe.Keras, TransformKind.Roll)]
    [InlineData(MaximizationRecipe.Lucid, TransformKind.Affine)]
    [InlineData(MaximizationRecipe.Lucid, TransformKind.LucidChain)]
    public async Task RunAsync_SameSeed_SamePicturesToTheBitWhateverTheBatchAndCompany(
        MaximizationRecipe recipe, TransformKind transform)
    {
        var options = Options(recipe, [0, 1, 2, 3, 4]) with { Steps = 5, Transform = transform, ShiftPixels = 3, Seed = 77 };

        var together = Pictures(await RunAsync(new AnalyticEngine { PreferredBatch = 4 }, options));
        var again = Pictures(await RunAsync(new AnalyticEngine { PreferredBatch = 4 }, options));
        var singles = Pictures(await RunAsync(new AnalyticEngine { PreferredBatch = 1, Threads = 1 }, options));
        var alone = Pictures(await RunAsync(new AnalyticEngine(), options with { Filters = [3] }));
        var otherSeed = Pictures(await RunAsync(new AnalyticEngine(), options with { Filters = [3], Seed = 78 }));

        Assert.Equal(together, again);
        Assert.Equal(together, singles);
        Assert.Equal(together[3], alone[3]);
        Assert.NotEqual(alone[3], otherSeed[3]);
        Assert.NotEqual(together[0], together[1]);
    }

    [Theory]
    [InlineData(MaximizationRecipe.Keras, TransformKind.Identity)]
    [InlineData(MaximizationRecipe.Lucid, TransformKind.Affine)]
    [InlineData(MaximizationRecipe.Lucid, TransformKind.LucidChain)]
    public async Task RunAsync_EitherRecipe_ObjectiveClimbs(MaximizationRecipe recipe, TransformKind transform)
    {
        var options = Options(recipe, [1, 2]) with
        {
            Steps = 40,
            LearningRate = recipe == MaximizationRecipe.Keras ? 0.5 : 0.05,
            Transform = transform,
            ShiftPixels = 2,
        };

        var events = await RunAsync(new AnalyticEngine(), options);

        var start = events.OfType<MaximizationProgress>().First().Filters.ToDictionary(f => f.Filter, f => f.Objective);
        Assert.All(
            events.OfType<MaximizationResult>(),
            r => Assert.True(r.Objective > start[r.Filter] + 0.08, $"filter {r.Filter}: {start[r.Filter]} to {r.Objective}"));
    }

    [Fact]
    public async Task RunAsync_LastPreview_IsTheResult()
    {
        var options = Options(MaximizationRecipe.Lucid, [1]) with { Steps = 4, PreviewInterval = 2 };

        var events = await RunAsync(new AnalyticEngine(), options);

        var previews = events.OfType<MaximizationPreview>().ToList();
        Assert.Equal([2, 4], previews.Select(p => p.Iteration));
        Assert.Equal(Assert.Single(events.OfType<MaximizationResult>()).Image.ToArray(), previews[1].Image.ToArray());
        Assert.NotEqual(previews[0].Image.ToArray(), previews[1].Image.ToArray());
    }

    [Theory]
    [InlineData(MaximizationRecipe.Keras)]
    [InlineData(MaximizationRecipe.Lucid)]
    public async Task RunAsync_DeadFilter_ReportedWithoutPicture(MaximizationRecipe recipe)
    {
        var events = await RunAsync(new AnalyticEngine { DeadFilter = 3 }, Options(recipe, [2, 3]) with { Steps = 3 });

        var results = events.OfType<MaximizationResult>().ToDictionary(r => r.Filter);
        Assert.True(results[3].ZeroGradient);
        Assert.True(results[3].Image.IsEmpty);
        Assert.False(results[2].ZeroGradient);
        Assert.Equal(3 * 16 * 16, results[2].Image.Length);
        Assert.Equal([3], Assert.IsType<MaximizationCompleted>(events[^1]).ZeroGradientFilters);
        Assert.All(events.OfType<MaximizationProgress>(), p => Assert.Equal(0, p.Filters[1].GradientNorm));
    }

    [Fact]
    public async Task RunAsync_ObjectiveNotANumber_FilterAndStepNamed()
    {
        var engine = new AnalyticEngine { NaNAtForward = 3 };

        var exception = await Assert.ThrowsAsync<MaximizationException>(() => RunAsync(engine, Keras([2, 4])));

        Assert.Equal((2, 3), (exception.Filter, exception.Step));
        Assert.Contains("NaN", exception.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (engine.OpenPasses, engine.OpenModels));
    }

    [Fact]
    public void RunAsync_BadOptions_ThrowsAtOnceWithEveryViolation()
    {
        using var models = new CompiledModelCache(0);
        using var graph = AnalyticGraph.Create();
        var engine = new AnalyticEngine();

        var exception = Assert.Throws<InvalidMaximizationException>(
            () => new Maximizer(models).RunAsync(graph, engine, Keras([1]) with { Steps = 0, Border = -1 }));

        Assert.Equal(["steps", "border"], exception.Violations.Select(v => v.Field));
        Assert.Equal(0, engine.Compilations);
    }

    [Fact]
    public async Task RunAsync_FilterBeyondTheLayer_RefusedBeforeAnyPass()
    {
        var engine = new AnalyticEngine();

        var exception = await Assert.ThrowsAsync<InvalidMaximizationException>(() => RunAsync(engine, Keras([1, 5])));

        Assert.Equal("filters[1]", Assert.Single(exception.Violations).Field);
        Assert.Equal((0, 0), (engine.Forwards, engine.OpenModels));
    }

    private static string Describe(MaximizationEvent happened) => happened switch
    {
        MaximizationProgress p => $"progress {p.Group}.{p.Iteration}: {string.Join(' ', p.Filters.Select(f => f.Filter))}",
        MaximizationPreview p => $"preview {p.Iteration}: {p.Filter}",
        MaximizationResult r => $"result {r.Filter}",
        _ => happened.GetType().Name,
    };

    private static Dictionary<int, float[]> Pictures(List<MaximizationEvent> events) =>
        events.OfType<MaximizationResult>().ToDictionary(r => r.Filter, r => r.Image.ToArray());

    private static MaximizationOptions Keras(int[] filters) => Options(MaximizationRecipe.Keras, filters);

    private static MaximizationOptions Options(MaximizationRecipe recipe, int[] filters) =>
        MaximizationOptions.ForRecipe(recipe, "features", filters, 16, 16);

    private static async Task<List<MaximizationEvent>> RunAsync(AnalyticEngine engine, MaximizationOptions options)
    {
        using var models = new CompiledModelCache(0);
        using var graph = AnalyticGraph.Create();
        return await new Maximizer(models).RunAsync(graph, engine, options).ToListAsync();
    }
}
