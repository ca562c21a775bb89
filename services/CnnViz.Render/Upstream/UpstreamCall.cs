using Grpc.Core;

namespace CnnViz.Render.Upstream;

/// <summary>The limits of calls to the inference service.</summary>
/// <param name="Deadline">When they end; null for never.</param>
/// <param name="Token">Fires when nobody wants their answers any more.</param>
internal readonly record struct UpstreamCall(DateTime? Deadline, CancellationToken Token)
{
    /// <summary>For what one call asks for itself: its own limits.</summary>
    public static UpstreamCall Of(ServerCallContext context) => new(context.Deadline, context.CancellationToken);

    /// <summary>
    /// For what is drawn for one call alone: its deadline. What equal calls share has none: each leaves at its own, and the last
    /// one to leave stops it.
    /// </summary>
    public static UpstreamCall Of(bool alone, ServerCallContext context, CancellationToken token) =>
        new(alone ? context.Deadline : null, token);
}
