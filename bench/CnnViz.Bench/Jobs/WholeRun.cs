using System.Diagnostics;
using CnnViz.Engine;
using CnnViz.Engine.Maximization;
using CnnViz.Models;

namespace CnnViz.Bench.Jobs;

/// <summary>One maximization from its call to its last picture, in this process.</summary>
/// <param name="MsPerImageStep">All of its time, by pictures times steps.</param>
/// <param name="FirstProgressMs">From the call to the first progress.</param>
/// <param name="Engine">What computed.</param>
/// <param name="Precision">Its arithmetic.</param>
internal sealed record WholeRun(double MsPerImageStep, double FirstProgressMs, string Engine, string Precision)
{
    public static async Task<WholeRun> MeasureAsync(
        Maximizer maximizer, IEngine engine, ModelGraph graph, MaximizationOptions options, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        double? first = null;
        var (name, precision) = ("", "");
        await foreach (var happened in maximizer.RunAsync(graph, engine, options, cancellation))
        {
            if (happened is MaximizationStarted started)
            {
                (name, precision) = (started.Engine, started.Precision);
            }
            else if (happened is MaximizationProgress)
            {
                first ??= Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return new WholeRun(elapsed / ((double)options.Filters.Count * options.Steps), first ?? elapsed, name, precision);
    }

    /// <summary>The headline job's options.</summary>
    public static MaximizationOptions Keras(int filters, int steps) => MaximizationOptions.ForRecipe(
        MaximizationRecipe.Keras, Headline.Layer, [.. Enumerable.Range(0, filters)], Headline.Size, Headline.Size) with
    {
        Steps = steps,
    };
}
