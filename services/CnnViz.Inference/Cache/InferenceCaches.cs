using CnnViz.Cache;
using CnnViz.V1;

namespace CnnViz.Inference.Cache;

/// <summary>What this host keeps. Weights are not kept: they are read, not computed.</summary>
internal sealed class InferenceCaches(ResultCache cache)
{
    public ReplayCache<FeatureMapsResponse> FeatureMaps { get; } =
        new(cache, CacheMarks.OfExecution<FeatureMapsResponse>(message => message.Info?.Execution));

    public ReplayCache<MaximizeFilterResponse> Maximizations { get; } =
        new(cache, CacheMarks.OfExecution<MaximizeFilterResponse>(message => message.Event.Started?.Execution));
}
