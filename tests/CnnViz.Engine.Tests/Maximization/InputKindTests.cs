using CnnViz.Engine.Maximization;
using CnnViz.Engine.Tests.Trained;
using CnnViz.Models;
using CnnViz.Tests.Shared;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>Whole runs on networks that take grey pictures, and colour with a constant fourth channel, with previews.</summary>
public sealed class InputKindTests(ITestOutputHelper output)
{
    private const int Steps = 32;
    private const int Interval = 8;

    [Fact]
    public async Task RunAsync_OneChannel_GreyPicturesThatExciteTheFilters()
    {
        using var catalog = TrainedModel.OpenCatalog();
        await CheckAsync(catalog.Load("fashion-cnn"), "conv2d_3", [0, 1, 2], 64, 1);
    }

    [InstalledModelFact("mlsd")]
    public async Task RunAsync_ColourAndConstantAlpha_ColourPicturesThatExciteTheFilters()
    {
        using var catalog = ModelCatalog.Open(RepositoryPaths.Models);
        var graph = catalog.Load("mlsd");
        Assert.Equal((4, 1f), (graph.Input.Channels, graph.Input.ConstantChannelValue));
        await CheckAsync(graph, "WireFrameModel_with_alpha/block_12_add/add:0", [1, 2, 3], 96, 3);
    }

    private async Task CheckAsync(ModelGraph graph, string layer, int[] filters, int size, int channels)
    {
        var options = MaximizationOptions.ForRecipe(MaximizationRecipe.Lucid, layer, filters, size, size) with
        {
            Steps = Steps,
            Border = 0,
            PreviewInterval = Interval,
        };

        var run = await WholeRun.ExecuteAsync(graph, options);
        var again = await WholeRun.ExecuteAsync(graph, options);

        Assert.Equal(filters, run.Results.Select(r => r.Filter));
        run.AssertSamePictures(again);
        foreach (var result in run.Results)
        {
            run.AssertRises(result.Filter);
            var (values, shape) = run.Activations(result.Image);
            var plane = shape.Height * shape.Width;
            var expected = values.Skip(result.Filter * plane).Take(plane).Average(v => (double)v);
            output.WriteLine($"filter {result.Filter}: {run.Objectives(result.Filter)[0]:g4} to {result.Objective:g4}");
            Assert.Equal(new TensorShape(channels, size, size), result.Shape);
            Assert.Equal(channels * size * size, result.Image.Length);
            Assert.Equal(expected, result.Objective, 1e-4 * Math.Abs(expected));
            CheckPreviews(run, result);
        }
    }

    /// <summary>One after every interval, each further from the start than the one before, the last the result itself.</summary>
    private static void CheckPreviews(WholeRun run, MaximizationResult result)
    {
        var previews = run.Previews.Where(preview => preview.Filter == result.Filter).ToList();
        Assert.Equal(Enumerable.Range(1, Steps / Interval).Select(i => i * Interval), previews.Select(p => p.Iteration));
        Assert.All(previews, preview => Assert.Equal(result.Shape, preview.Shape));
        Assert.True(previews[^1].Image.Span.SequenceEqual(result.Image.Span), "the last preview is not the result");
        double[] contrast = [.. previews.Select(preview => Close.Dot(preview.Image.Span, preview.Image.Span))];
        Assert.Equal(contrast.Order(), contrast);
    }
}
