using Grpc.Core;

namespace CnnViz.Render.Upstream;

/// <summary>The limits of calls to the inference service, and who makes them.</summary>
/// <param name="Headers">What they show of who makes them.</param>
/// <param name="Deadline">When they end; null for never.</param>
/// <param name="Token">Fires when nobody wants their answers any more.</param>
internal readonly record struct UpstreamCall(Metadata Headers, DateTime? Deadline, CancellationToken Token)
{
    /// <summary>For what one call asks for itself: its own limits.</summary>
    public static UpstreamCall Of(Metadata headers, ServerCallContext context) =>
        new(headers, context.Deadline, context.CancellationToken);

    /// <summary>
    /// For what is drawn for one call alone: its deadline. What equal calls share has none: each leaves at its own, and the last
    /// one to leave stops it.
    /// </summary>
    public static UpstreamCall Of(Metadata headers, bool alone, ServerCallContext context, CancellationToken token) =>
        new(headers, alone ? context.Deadline : null, token);
}
