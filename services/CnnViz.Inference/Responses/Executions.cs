using CnnViz.Engine;
using CnnViz.Models;
using CnnViz.V1;

namespace CnnViz.Inference.Responses;

/// <summary>What computed a result.</summary>
internal static class Executions
{
    /// <param name="graph">The network.</param>
    /// <param name="engine">What ran it.</param>
    /// <param name="layers">The layers whose outputs the result depends on.</param>
    public static Execution Of(ModelGraph graph, IEngine engine, IEnumerable<string> layers) => new()
    {
        Model = graph.Name,
        ModelDigest = graph.Digest,
        Engine = engine.Name,
        Device = engine.Device,
        Precision = engine.Precision,
        Threads = engine.Threads,
        Cache = CacheState.Miss,
        Untrained = graph.NeedsUntrained(layers),
        WeightsFile = graph.WeightsFile,
    };
}
