using CnnViz.Models;
using CnnViz.V1;

namespace CnnViz.Inference.Responses;

/// <summary>What computed a result.</summary>
internal static class Executions
{
    /// <param name="graph">The network.</param>
    /// <param name="ran">What ran it.</param>
    /// <param name="layers">The layers whose outputs the result depends on.</param>
    public static Execution Of(ModelGraph graph, ExecutedBy ran, IEnumerable<string> layers) => new()
    {
        Model = graph.Name,
        ModelDigest = graph.Digest,
        Engine = ran.Engine,
        Device = ran.Device,
        Precision = ran.Precision,
        Threads = ran.Threads,
        Cache = CacheState.Miss,
        Untrained = graph.NeedsUntrained(layers),
        WeightsFile = graph.WeightsFile,
    };
}

/// <summary>What ran a network.</summary>
/// <param name="Engine">The engine's name.</param>
/// <param name="Device">Its device.</param>
/// <param name="Precision">The arithmetic.</param>
/// <param name="Threads">Threads of one pass.</param>
internal readonly record struct ExecutedBy(string Engine, string Device, string Precision, int Threads);
