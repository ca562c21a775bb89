using CnnViz.Engine;
using CnnViz.Models;
using CnnViz.V1;

namespace CnnViz.Inference.Responses;

/// <summary>What computed a result.</summary>
internal static class Executions
{
    public static Execution Of(ModelGraph graph, IEngine engine) => new()
    {
        Model = graph.Name,
        ModelDigest = graph.Digest,
        Engine = engine.Name,
        Device = engine.Device,
        Precision = engine.Precision,
        Threads = engine.Threads,
        Cache = CacheState.Miss,
    };
}
