using CnnViz.Engine.Maximization;
using CnnViz.Models;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>MaCo's recipe with its own schedule of crops on a real network, in fewer steps and crops.</summary>
public sealed class MacoRunTests(ITestOutputHelper output)
{
    private const int Steps = 64;
    private const int Size = 64;

    /// <summary>
    /// Crops shrink from half the picture to a twentieth, so objectives of early and late steps do not compare. What the ascent
    /// adds is what the pictures give above those that stay at the start, seen through the same crops and noise.
    /// </summary>
    [InstalledModelFact("nanodet")]
    public async Task RunAsync_DefaultSchedule_RisesAboveThePictureThatStays()
    {
        int[] filters = [3, 17, 60];
        using var graph = TfJsGraphReader.Read(InstalledModel.PathOf("nanodet"));
        var options = MaximizationOptions.ForRecipe(MaximizationRecipe.Maco, "Add_11", filters, Size, Size) with
        {
            Steps = Steps,
        };
        options = options with { Crops = options.Crops with { Count = 8 } };
        Assert.Equal((0.5, 0.05), (options.Crops.FirstSide, options.Crops.LastSide));

        var run = await WholeRun.ExecuteAsync(graph, options);
        var stays = await WholeRun.ExecuteAsync(graph, options with { LearningRate = 1e-9 });

        foreach (var result in run.Results)
        {
            double[] gains = [.. run.Objectives(result.Filter).Zip(stays.Objectives(result.Filter), (a, b) => a - b)];
            double[] quarters = [.. gains.Chunk(Steps / 4).Select(quarter => quarter.Average())];
            var before = stays.Results.Single(r => r.Filter == result.Filter).Objective;
            output.WriteLine(
                $"filter {result.Filter}: gains by quarter {string.Join(", ", quarters.Select(q => $"{q:g3}"))}; "
                + $"whole picture {before:g3} to {result.Objective:g3}");
            Assert.Equal(0, gains[0], 1e-6);
            Assert.True(quarters.All(quarter => quarter > 0), $"filter {result.Filter}: {string.Join(", ", quarters)}");
            Assert.True(quarters[1] > gains.Take(4).Average(), $"filter {result.Filter} does not rise");
            Assert.True(result.Objective > before, $"filter {result.Filter}: whole picture {before} to {result.Objective}");
        }
    }

    [InstalledModelFact("nanodet")]
    public async Task RunAsync_SameSeed_SameBytes()
    {
        using var graph = TfJsGraphReader.Read(InstalledModel.PathOf("nanodet"));
        var options = MaximizationOptions.ForRecipe(MaximizationRecipe.Maco, "Add_11", [3], Size, Size) with { Steps = 12 };
        options = options with { TransparencyMask = true, Crops = options.Crops with { Count = 4 } };

        var run = await WholeRun.ExecuteAsync(graph, options);
        var again = await WholeRun.ExecuteAsync(graph, options);
        var other = await WholeRun.ExecuteAsync(graph, options with { Seed = 9 });

        run.AssertSamePictures(again);
        Assert.True(run.Results[0].Mask.Span.SequenceEqual(again.Results[0].Mask.Span), "the masks differ");
        Assert.False(run.Results[0].Image.Span.SequenceEqual(other.Results[0].Image.Span), "another seed, the same picture");
    }
}
