using CnnViz.Cache;
using CnnViz.V1;

namespace CnnViz.Render.Cache;

/// <summary>The finished pictures that this host keeps, and the events before them.</summary>
internal sealed class RenderCaches(ResultCache cache)
{
    public ReplayCache<RenderFiltersResponse> Filters { get; } = new(cache, (message, state) =>
        Mark(message, found => found.Picture, _ => null, state));

    public ReplayCache<RenderFeatureMapsResponse> FeatureMaps { get; } = new(cache, (message, state) =>
        Mark(message, found => found.Picture, _ => null, state));

    public ReplayCache<RenderMaximizationResponse> Maximizations { get; } = new(cache, (message, state) =>
        Mark(message, found => found.Picture, found => found.Event?.Started?.Execution, state));

    /// <summary>
    /// A picture says where it came from. What is drawn for this call also says where its values came from; what is not, came as a
    /// whole from one place.
    /// </summary>
    private static TMessage Mark<TMessage>(
        TMessage message, Func<TMessage, PictureHeader?> picture, Func<TMessage, Execution?> execution, CacheState state)
        where TMessage : class, Google.Protobuf.IDeepCloneable<TMessage>
    {
        if (picture(message) is null && execution(message) is null)
        {
            return message;
        }

        var marked = message.Clone();
        var header = picture(marked);
        if (header is not null)
        {
            header.Cache = state;
        }

        if (state is CacheState.Memory or CacheState.Redis or CacheState.Joined && (execution(marked) ?? header?.Execution) is { } ran)
        {
            ran.Cache = state;
        }

        return marked;
    }
}
