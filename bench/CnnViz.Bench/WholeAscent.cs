using CnnViz.Engine;
using CnnViz.Engine.Maximization;
using CnnViz.Models;

namespace CnnViz.Bench;

/// <summary>A whole ascent by the Lucid recipe: parameterization, transform, engine, objective, optimiser.</summary>
internal static class WholeAscent
{
    private const int Repetitions = 3;

    public static async Task<BenchResult> MeasureAsync(
        IEngine engine, ModelGraph graph, string layer, int size, int filters, int steps)
    {
        using var models = new CompiledModelCache(capacity: 1);
        var maximizer = new Maximizer(models);
        var options = MaximizationOptions.ForRecipe(
            MaximizationRecipe.Lucid, layer, [.. Enumerable.Range(0, filters)], size, size)
            with
        { Steps = steps };
        var runs = new List<(double Ms, double Share)>();
        for (var i = 0; i < Repetitions; i++)
        {
            await foreach (var happened in maximizer.RunAsync(graph, engine, options))
            {
                if (happened is MaximizationCompleted completed)
                {
                    runs.Add((completed.Elapsed.TotalMilliseconds / completed.ImageSteps, completed.EngineTime / completed.Elapsed));
                }
            }
        }

        var (ms, share) = runs.Order().ElementAt(runs.Count / 2);
        var job = $"whole ascent, {graph.Name} {layer}, {size} px, {filters} filters";
        return new BenchResult(job, $"{engine.Name} {engine.Device}", engine.Precision, engine.Threads, ms, share);
    }
}
