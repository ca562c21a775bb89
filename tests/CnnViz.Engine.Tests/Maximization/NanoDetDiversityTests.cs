using CnnViz.Engine.Maximization;
using CnnViz.Engine.Torch;
using CnnViz.Models;
using CnnViz.Tests.Shared;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>The default strength of diversity on a trained network.</summary>
public sealed class NanoDetDiversityTests(ITestOutputHelper output)
{
    private const string Layer = "Add_11";

    [InstalledModelFact("nanodet")]
    public async Task RunAsync_DefaultWeight_VariantsDifferAndStillExceedPhotographs()
    {
        using var catalog = ModelCatalog.Open(RepositoryPaths.Models);
        using var graph = catalog.Load("nanodet");

        var alone = await RunAsync(graph, new DiversityOptions { Variants = 4, Weight = 0 });
        var diverse = await RunAsync(graph, new DiversityOptions { Variants = 4 });

        var (before, after) = (Likeness(graph, alone), Likeness(graph, diverse));
        output.WriteLine($"mean cosine {before:F3} without, {after:F3} with diversity");
        Assert.True(after < before - 0.1, $"mean cosine {before} without, {after} with diversity");
        foreach (var result in diverse)
        {
            output.WriteLine($"variant {result.Variant}: {result.Quality}");
            Assert.True(result.Quality!.Clean > 1, $"variant {result.Variant}: {result.Quality}");
        }
    }

    private static async Task<List<MaximizationResult>> RunAsync(ModelGraph graph, DiversityOptions diversity)
    {
        var options = MaximizationOptions.ForRecipe(MaximizationRecipe.Lucid, Layer, [6], 128, 128) with
        {
            Steps = 64,
            Score = true,
            Diversity = diversity,
        };
        using var models = new CompiledModelCache(0);
        var events = await new Maximizer(models).RunAsync(graph, Engine(), options).ToListAsync();
        return [.. events.OfType<MaximizationResult>()];
    }

    /// <summary>Mean cosine between the Gram matrices of the pictures' activations.</summary>
    private static double Likeness(ModelGraph graph, List<MaximizationResult> results)
    {
        using var model = Engine().Compile(graph, new CompileOptions(128, 128, [Layer]));
        var shape = model.TargetShapes[Layer];
        var activations = new float[results.Count * shape.ElementCount];
        var (input, mapping) = (new float[model.InputShape.ElementCount], new InputMapping(graph.Input));
        for (var i = 0; i < results.Count; i++)
        {
            mapping.Forward(results[i].Image.Span, input);
            using var pass = model.Forward(input, 1, withGradient: false);
            pass.CopyActivation(Layer, activations.AsSpan(i * (int)shape.ElementCount, (int)shape.ElementCount));
        }

        return -DiversityObjective.Add(activations, shape, results.Count, 0, new float[activations.Length]);
    }

    private static TorchEngine Engine() => new(new TorchEngineOptions { Device = "cpu", Threads = 2 });
}
