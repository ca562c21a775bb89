using CnnViz.Engine.Maximization;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>Whole runs with terms, variants, penalties, crops and masks on the analytic network.</summary>
public sealed class MaximizerPartsTests
{
    [Fact]
    public async Task RunAsync_Diversity_VariantsLessAlikeThanWithout()
    {
        var plain = await RunAsync(Lucid([1, 2]) with { Steps = 40, Diversity = new() { Variants = 3, Weight = 0 } });
        var diverse = await RunAsync(Lucid([1, 2]) with { Steps = 40, Diversity = new() { Variants = 3, Weight = 20 } });

        Assert.Equal([(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)], Results(diverse).Select(r => (r.Filter, r.Variant)));
        var (before, after) = (Likeness(plain), Likeness(diverse));
        Assert.True(after < before - 0.01, $"mean cosine {before} without, {after} with diversity");
    }

    [Fact]
    public async Task RunAsync_OneVariantOfThree_FirstIsThePictureWithoutVariants()
    {
        var alone = await RunAsync(Lucid([2]));
        var three = await RunAsync(Lucid([2]) with { Diversity = new() { Variants = 3, Weight = 0 } });

        Assert.Equal(Results(alone)[0].Image.ToArray(), Results(three)[0].Image.ToArray());
        Assert.NotEqual(Results(three)[0].Image.ToArray(), Results(three)[1].Image.ToArray());
    }

    [Fact]
    public async Task RunAsync_TermWithOppositeWeight_ObjectiveIsTheWeightedSum()
    {
        var options = Lucid([2]) with { Terms = [new() { Layer = "features", Filter = 2, Weight = -1 }] };

        var events = await RunAsync(options);

        Assert.All(events.OfType<MaximizationProgress>(), p => Assert.Equal((0, 0), (p.Filters[0].Objective, p.Filters[0].GradientNorm)));
        Assert.True(Results(events)[0].ZeroGradient);
    }

    [Theory]
    [InlineData("total variation")]
    [InlineData("l1")]
    [InlineData("l2")]
    [InlineData("blur")]
    public async Task RunAsync_HeavyPenalty_PictureHasLessOfIt(string name)
    {
        var weights = name switch
        {
            "l1" => new RegularizationOptions { L1 = 50 },
            "l2" => new RegularizationOptions { L2 = 50 },
            "blur" => new RegularizationOptions { Blur = 200 },
            _ => new RegularizationOptions { TotalVariation = 50 },
        };
        var shape = new Models.TensorShape(3, 16, 16);
        IRegularizer penalty = name switch
        {
            "l1" => new L1Penalty(),
            "l2" => new L2Penalty(),
            "blur" => new BlurPenalty(shape),
            _ => new TotalVariation(shape),
        };

        var plain = Results(await RunAsync(Lucid([1]) with { Steps = 40 }))[0].Image;
        var held = Results(await RunAsync(Lucid([1]) with { Steps = 40, Regularization = weights }))[0].Image;

        var (before, after) = (penalty.Add(plain.Span, 0, new float[768]), penalty.Add(held.Span, 0, new float[768]));
        Assert.True(after < before / 2, $"{before} without, {after} with the penalty");
    }

    [Fact]
    public async Task RunAsync_MacoWithSmallCrops_ClimbsReproduciblyWithAMask()
    {
        var options = MaximizationOptions.ForRecipe(MaximizationRecipe.Maco, "features", [1, 3], 40, 40) with
        {
            // Crops of one size, so that early and late objectives compare.
            Steps = 30,
            TransparencyMask = true,
            Crops = new() { Count = 5, Size = 20, LastSide = 0.5 },
        };

        var first = await RunAsync(options);
        var again = Results(await RunAsync(options));

        var start = first.OfType<MaximizationProgress>().SelectMany(p => p.Filters).ToLookup(f => f.Filter, f => f.Objective);
        var results = Results(first);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(3 * 40 * 40, results[i].Image.Length);
            Assert.Equal(results[i].Image.ToArray(), again[i].Image.ToArray());
            var seen = start[results[i].Filter].ToList();
            Assert.True(seen.TakeLast(5).Average() > seen[0], $"{seen[0]} to {seen[^1]}");
            var mask = results[i].Mask.ToArray();
            Assert.Equal(40 * 40, mask.Length);
            Assert.All(mask, m => Assert.InRange(m, 0f, 1f));
            Assert.InRange(mask.Count(m => m == 1), 320, 330);
        }
    }

    [Fact]
    public async Task Percentile_RandomValues_AsNumpy()
    {
        var values = Close.Random(1234, 4);
        var largest = new LargestValues(values.Length, 0.999);

        largest.Add(values.AsSpan(0, 500));
        largest.Add(values.AsSpan(500));

        var expected = await PythonReference.RunAsync("percentile", new { values, percent = 99.9 });
        Close.Relative((double)expected["value"]!, largest.Finish(), 1e-6);
    }

    [Fact]
    public void Photographs_Read_InRangeVariedAndSmooth()
    {
        var values = Photographs.Read();

        Assert.Equal(10 * 3 * 128 * 128, values.Length);
        Assert.All(values, v => Assert.InRange(v, -1f, 1f));
        var steps = values.Zip(values.Skip(1), (a, b) => Math.Abs(a - b)).Average();
        Assert.True(steps < 0.15, $"neighbours differ by {steps}: the residuals were not summed");
        Assert.True(values.Max() > 0.9 && values.Min() < -0.9);
    }

    [Fact]
    public async Task RunAsync_NoExtras_NeitherMaskNorScoreNorVariant()
    {
        var result = Results(await RunAsync(Lucid([1])))[0];

        Assert.True(result.Mask.IsEmpty);
        Assert.Null(result.Quality);
        Assert.Equal(0, result.Variant);
    }

    private static MaximizationOptions Lucid(int[] filters) =>
        MaximizationOptions.ForRecipe(MaximizationRecipe.Lucid, "features", filters, 16, 16) with { Steps = 6, ShiftPixels = 2 };

    private static List<MaximizationResult> Results(List<MaximizationEvent> events) => [.. events.OfType<MaximizationResult>()];

    /// <summary>Mean cosine between the Gram matrices of each filter's pictures' activations.</summary>
    private static double Likeness(List<MaximizationEvent> events)
    {
        using var graph = AnalyticGraph.Create();
        using var model = new AnalyticEngine().Compile(graph, new CompileOptions(16, 16, ["features"]));
        var mapping = new InputMapping(graph.Input);
        var shape = model.TargetShapes["features"];
        var likeness = new List<double>();
        foreach (var filter in Results(events).GroupBy(r => r.Filter))
        {
            var input = new float[filter.Count() * 768];
            var activations = new float[filter.Count() * (int)shape.ElementCount];
            foreach (var (result, i) in filter.Select((r, i) => (r, i)))
            {
                mapping.Forward(result.Image.Span, input.AsSpan(i * 768, 768));
            }

            using var pass = model.Forward(input, filter.Count(), withGradient: false);
            pass.CopyActivation("features", activations);
            likeness.Add(-DiversityObjective.Add(activations, shape, filter.Count(), 0, new float[activations.Length]));
        }

        return likeness.Average();
    }

    private static async Task<List<MaximizationEvent>> RunAsync(MaximizationOptions options)
    {
        using var models = new CompiledModelCache(0);
        using var graph = AnalyticGraph.Create();
        return await new Maximizer(models).RunAsync(graph, new AnalyticEngine(), options).ToListAsync();
    }
}
