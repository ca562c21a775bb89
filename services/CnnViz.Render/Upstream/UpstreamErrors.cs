using CnnViz.ServiceDefaults.Errors;
using Grpc.Core;

namespace CnnViz.Render.Upstream;

/// <summary>What the inference service refused, the caller hears unchanged.</summary>
internal static class UpstreamErrors
{
    private static readonly string[] _passedOn =
        ["grpc-status-details-bin", "grpc-retry-pushback-ms", ResumeTokens.RunId, ResumeTokens.FromSequence];

    /// <summary>The same status and details as an error of this service's own.</summary>
    public static RpcException PassOn(RpcException exception)
    {
        var trailers = new Metadata();
        foreach (var entry in exception.Trailers.Where(entry => _passedOn.Contains(entry.Key, StringComparer.Ordinal)))
        {
            trailers.Add(entry);
        }

        // A lost connection's inner text (addresses, sockets) is for the log, not for callers.
        var status = exception.StatusCode == StatusCode.Unavailable && trailers.GetValue(ResumeTokens.RunId) is null
            ? new Status(StatusCode.Unavailable, "the inference service cannot be reached; try again")
            : new Status(exception.StatusCode, exception.Status.Detail);
        return new RpcException(status, trailers);
    }
}
