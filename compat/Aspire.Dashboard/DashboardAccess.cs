using Aspire.Dashboard.Api;
using Aspire.Dashboard.Security;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Dashboard;

/// <summary>What an address is for.</summary>
internal enum EndpointRole
{
    /// <summary>Pages for people.</summary>
    Frontend = 0,

    /// <summary>OTLP over gRPC.</summary>
    OtlpGrpc = 1,

    /// <summary>OTLP over HTTP.</summary>
    OtlpHttp = 2,
}

/// <summary>Who may ask for what, and where.</summary>
internal static class DashboardAccess
{
    private const string OtlpKeyHeader = "x-otlp-api-key";

    public static Func<HttpContext, RequestDelegate, Task> Create(DashboardOptions options) => (context, next) =>
    {
        var role = (EndpointRole)context.Features.Get<IConnectionItemsFeature>()!.Items[typeof(EndpointRole)]!;
        var refusal = role == EndpointRole.Frontend ? CheckPerson(context, options) : CheckSender(context, role, options);
        if (refusal is null)
            return next(context);
        if (!context.Response.HasStarted && refusal != Refused)
            context.Response.StatusCode = refusal.Value;
        return Task.CompletedTask;
    };

    /// <summary>The response says itself how it was refused.</summary>
    private const int Refused = 0;

    private static int? CheckSender(HttpContext context, EndpointRole role, DashboardOptions options)
    {
        if (!IsOtlpPath(context.Request.Path, role))
            return StatusCodes.Status404NotFound;
        return options.OtlpApiKey is { } key && !Secrets.AreEqual(context.Request.Headers[OtlpKeyHeader].ToString(), key)
            ? StatusCodes.Status401Unauthorized
            : null;
    }

    private static bool IsOtlpPath(PathString path, EndpointRole role)
        => role == EndpointRole.OtlpGrpc
            ? path.Value?.StartsWith("/opentelemetry.proto.collector.", StringComparison.Ordinal) == true
            : path.StartsWithSegments("/v1");

    private static int? CheckPerson(HttpContext context, DashboardOptions options)
    {
        ResponseHeaders.Set(context.Response);
        var request = context.Request;
        // A page elsewhere could point its own name at this machine; the name in the request tells.
        if (options.FrontendUrls.All(u => u.IsLoopback) && !IsLoopbackName(request.Host.Host))
            return StatusCodes.Status421MisdirectedRequest;
        if (IsOtlpPath(request.Path, EndpointRole.OtlpGrpc) || IsOtlpPath(request.Path, EndpointRole.OtlpHttp))
            return StatusCodes.Status404NotFound;
        var session = context.RequestServices.GetRequiredService<BrowserSession>();
        if (!session.IsSignedIn(context) && !Pages.IsOpen(request.Path))
        {
            Pages.Challenge(context);
            return Refused;
        }

        var changes = request.Path.StartsWithSegments("/api") && !HttpMethods.IsGet(request.Method);
        return changes && !request.Headers.ContainsKey(ResourcesApi.OwnHeader) ? StatusCodes.Status403Forbidden : null;
    }

    private static bool IsLoopbackName(string host)
        => host is "localhost" or "127.0.0.1" or "[::1]" || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
}
