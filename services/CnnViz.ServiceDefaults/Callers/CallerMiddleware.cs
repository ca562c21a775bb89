using CnnViz.ServiceDefaults.Drain;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.ServiceDefaults.Limits;
using CnnViz.ServiceDefaults.Telemetry;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CnnViz.ServiceDefaults.Callers;

/// <summary>
/// Stands before every gRPC call: who makes it, whether it may, and whether it has room. What is refused is refused before a byte
/// of its messages is read.
/// </summary>
internal sealed partial class CallerMiddleware(
    RequestDelegate next,
    CallerReader callers,
    CallerLimits limits,
    DrainState drain,
    RpcMetrics metrics,
    ILogger<CallerMiddleware> logger)
{
    /// <summary>Passes a call on, or refuses it with a gRPC status.</summary>
    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName is not { } method)
        {
            await next(http).ConfigureAwait(false);
            return;
        }

        if (MethodRules.Find(method, callers.Options) is not { } rule)
        {
            await next(http).ConfigureAwait(false);
            return;
        }

        IDisposable place;
        try
        {
            drain.ThrowIfStopping();
            var caller = await ReadAsync(http, method, rule).ConfigureAwait(false);
            http.Features.Set(caller);
            place = limits.Enter(caller, rule.Kind);
        }
        catch (RpcException refusal)
        {
            refusal.WriteTo(http.Response);
            metrics.Refused(method, refusal);
            return;
        }

        using (place)
        using (drain.Bound(http))
        {
            await next(http).ConfigureAwait(false);
        }
    }

    private async ValueTask<Caller> ReadAsync(HttpContext http, string method, MethodRule rule)
    {
        Caller caller;
        try
        {
            caller = await callers.ReadAsync(http).ConfigureAwait(false);
        }
        catch (CredentialException refusal)
        {
            Log.Refused(logger, method, refusal.Reason);
            throw RpcErrors.Unauthenticated(refusal.Reason, refusal.Message);
        }

        if (caller.Permissions.HasFlag(rule.Needs)
            && (caller.IsKnown || rule.Needs != Permissions.None || !callers.Options.Enabled))
        {
            return caller;
        }

        if (!caller.IsKnown)
        {
            Log.Refused(logger, method, "CREDENTIALS_MISSING");
            throw RpcErrors.Unauthenticated(
                "CREDENTIALS_MISSING", "this call needs a key or a token: authorization: Bearer KEY, or x-api-key: KEY");
        }

        var needed = PermissionNames.Of(rule.Needs);
        Log.Denied(logger, method, caller.Name, needed);
        throw RpcErrors.PermissionDenied(
            "PERMISSION_MISSING",
            $"{caller.Name} may not call {method}: that needs the permission {needed}",
            ("caller", caller.Name),
            ("permission", needed),
            ("method", method));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Method} refused: {Reason}")]
        public static partial void Refused(ILogger logger, string method, string reason);

        [LoggerMessage(2, LogLevel.Information, "{Method} refused: {Caller} lacks the permission {Permission}")]
        public static partial void Denied(ILogger logger, string method, string caller, string permission);
    }
}
