using Microsoft.Extensions.Configuration;

namespace CnnViz.AppHost;

/// <summary>Where a person finds the dashboard, with the token that lets them in.</summary>
internal static class DashboardAddress
{
    /// <summary>Variable that says where the dashboard listens; without it there is none.</summary>
    public const string UrlsVariable = "ASPNETCORE_URLS";

    /// <summary>Aspire's own key for the token of this run.</summary>
    private const string TokenKey = "AppHost:BrowserToken";

    /// <summary>Null without a dashboard, and when its port is chosen as it starts: then Aspire's log tells it.</summary>
    public static Uri? Of(IConfiguration configuration)
        => Environment.GetEnvironmentVariable(UrlsVariable)?.Split(';')[0] is { Length: > 0 } text
            && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Port > 0
            ? configuration[TokenKey] is { Length: > 0 } token ? new Uri(url, $"/login?t={token}") : url
            : null;
}
