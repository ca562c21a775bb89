using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Aspire.Hosting.Internal.Proxy;

/// <summary>
/// Ends calls whose replica is gone the way gRPC does, as UNAVAILABLE, on which clients try again. A stream that is merely reset
/// would be CANCELLED or INTERNAL to them.
/// </summary>
internal static class GrpcFailure
{
    private const string Status = "grpc-status";
    private const string Message = "grpc-message";
    private const string Unavailable = "14";

    public static bool IsCall(HttpRequest request)
        => request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Leaves it to <see cref="End"/> to end a stream that broke.</summary>
    public static void DelayReset(HttpContext context) => context.Features.Set<IHttpResetFeature>(new NoReset());

    /// <summary>Ends the call; <paramref name="reason"/> must be printable ASCII without '%'.</summary>
    public static void End(HttpContext context, string reason)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            response.AppendTrailer(Status, Unavailable);
            response.AppendTrailer(Message, reason);
            return;
        }

        response.Clear();
        response.ContentType = "application/grpc";
        response.Headers[Status] = Unavailable;
        response.Headers[Message] = reason;
    }

    private sealed class NoReset : IHttpResetFeature
    {
        public void Reset(int errorCode)
        {
            // The trailers that follow end the stream.
        }
    }
}
