using CnnViz.Engine.Maximization;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>Scores of whole runs on the analytic network, against their definition computed anew.</summary>
public sealed class QualityScoreTests
{
    [Fact]
    public async Task RunAsync_ScoreAsked_ObjectiveOverThePhotographsPercentile()
    {
        using var graph = AnalyticGraph.Create();
        using var model = new AnalyticEngine().Compile(graph, new CompileOptions(16, 16, ["features"]));
        var reference = PhotographReference.Compute(model, new InputMapping(graph.Input), "features", 1, default);

        var results = await RunAsync(Lucid([0, 1, 2, 3, 4]));

        Assert.Equal([0, 1, 2, 3, 4], results.Select(result => result.Filter));
        foreach (var result in results)
        {
            var quality = Assert.IsType<QualityScore>(result.Quality);
            Assert.Equal(reference[result.Filter], quality.Reference);
            Assert.Equal(result.Objective, quality.Activation);
            Assert.True(quality.Reference > 0, "the analytic network's photographs excite every filter");
            Assert.Equal(result.Objective / quality.Reference, quality.Clean);
        }
    }

    [Fact]
    public async Task RunAsync_ScoreAsked_TransformedIsTheMeanObjectiveOverTheViews()
    {
        var result = Assert.Single(await RunAsync(Lucid([2])));

        using var graph = AnalyticGraph.Create();
        using var model = new AnalyticEngine().Compile(graph, new CompileOptions(16, 16, ["features"]));
        var mapping = new InputMapping(graph.Input);
        var image = new TensorShape(3, 16, 16);
        var (seen, input, activation) = (new float[768], new float[768], new float[5 * 36]);
        var values = new List<double>();
        foreach (var view in UnseenViews.Create(image, image))
        {
            view.Forward(result.Image.Span, seen);
            mapping.Forward(seen, input);
            using var pass = model.Forward(input, 1, withGradient: false);
            pass.CopyActivation("features", activation);

            // Filter 2's 4x4 cells inside the border of one.
            values.Add(Enumerable.Range(0, 16).Average(i => activation[(2 * 36) + (((i / 4) + 1) * 6) + (i % 4) + 1]));
        }

        Assert.Equal(6, values.Count);
        Close.Relative(values.Average(), result.Quality!.TransformedActivation, 1e-5);
        Close.Relative(values.Average() / result.Quality.Reference, result.Quality.Transformed!.Value, 1e-5);
    }

    [Fact]
    public async Task RunAsync_FurtherTerm_ScoredWithoutIt()
    {
        var term = new TermOptions { Layer = "features", Filter = 3, Weight = 0.5 };

        var result = Assert.Single(await RunAsync(Lucid([2]) with { Terms = [term] }));

        using var graph = AnalyticGraph.Create();
        using var model = new AnalyticEngine().Compile(graph, new CompileOptions(16, 16, ["features"]));
        var (input, activation) = (new float[768], new float[5 * 36]);
        new InputMapping(graph.Input).Forward(result.Image.Span, input);
        using var pass = model.Forward(input, 1, withGradient: false);
        pass.CopyActivation("features", activation);
        var alone = new ChannelObjective("features", 1)
            .Evaluate(activation, model.TargetShapes["features"], 2, new float[activation.Length]);
        Close.Relative(alone, result.Quality!.Activation, 1e-5);
        Assert.NotEqual(result.Objective, result.Quality.Activation);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-4.5)]
    public void Clean_ReferenceNotAboveZero_NoRatioButTheNumbers(double reference)
    {
        var quality = new QualityScore(reference, 3, 2);

        Assert.Null(quality.Clean);
        Assert.Null(quality.Transformed);
        Assert.Equal((reference, 3, 2), (quality.Reference, quality.Activation, quality.TransformedActivation));
    }

    private static MaximizationOptions Lucid(int[] filters) =>
        MaximizationOptions.ForRecipe(MaximizationRecipe.Lucid, "features", filters, 16, 16) with
        {
            Steps = 40,
            ShiftPixels = 2,
            Score = true,
        };

    private static async Task<List<MaximizationResult>> RunAsync(MaximizationOptions options)
    {
        using var graph = AnalyticGraph.Create();
        using var models = new CompiledModelCache(0);
        var events = await new Maximizer(models).RunAsync(graph, new AnalyticEngine(), options).ToListAsync();
        return [.. events.OfType<MaximizationResult>()];
    }
}
