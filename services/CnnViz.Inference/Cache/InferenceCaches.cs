using CnnViz.Cache;
using CnnViz.V1;

namespace CnnViz.Inference.Cache;

/// <summary>What this host keeps.</summary>
internal sealed class InferenceCaches(ResultCache cache)
{
    public ReplayCache<FeatureMapsResponse> FeatureMaps { get; } =
        new(cache, CacheMarks.OfExecution<FeatureMapsResponse>(message => message.Info?.Execution));

    // A network's weights are read from its file, or made from a seed; their statistics are computed.
    public ReplayCache<FilterWeightsResponse> FilterWeights { get; } = new(cache, (message, state) =>
    {
        if (message.Info is not { } info || info.Cache == state)
        {
            return message;
        }

        var marked = message.Clone();
        marked.Info.Cache = state;
        return marked;
    });

    public ReplayCache<MaximizeFilterResponse> Maximizations { get; } =
        new(cache, CacheMarks.OfExecution<MaximizeFilterResponse>(message => message.Event.Started?.Execution));
}
