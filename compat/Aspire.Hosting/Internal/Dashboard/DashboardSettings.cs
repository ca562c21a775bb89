using System.Globalization;
using Aspire.Dashboard;
using Aspire.Dashboard.Security;
using Aspire.Dashboard.Telemetry;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Internal.Dashboard;

/// <summary>Reads the settings of the dashboard: the names are Aspire's.</summary>
internal static class DashboardSettings
{
    public const string Urls = "ASPNETCORE_URLS";
    public const string OtlpGrpcUrl = "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL";
    public const string OtlpHttpUrl = "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL";
    public const string GivenBrowserToken = "ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN";
    public const string AllowAnonymous = "ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS";
    public const string BrowserToken = "AppHost:BrowserToken";
    public const string OtlpApiKey = "AppHost:OtlpApiKey";

    private const string Limits = "Dashboard:TelemetryLimits";
    private const string FreePort = "http://127.0.0.1:0";

    /// <summary>Makes the token and the key, for this run.</summary>
    public static Dictionary<string, string?> NewSecrets(IConfiguration configuration) => new()
    {
        [BrowserToken] = configuration[GivenBrowserToken] is { Length: > 0 } given ? given : Secrets.NewToken(),
        [OtlpApiKey] = Secrets.NewToken(),
    };

    /// <exception cref="DistributedApplicationException">A setting is not what it should be.</exception>
    public static DashboardOptions Read(IConfiguration configuration)
    {
        var limits = new TelemetryLimits();
        try
        {
            configuration.GetSection(Limits).Bind(limits);
            limits.Validate();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new DistributedApplicationException($"{Limits}: {e.Message}", e);
        }

        var anonymous = bool.TryParse(configuration[AllowAnonymous], out var allow) && allow;
        var (grpc, http) = (Url(configuration, OtlpGrpcUrl), Url(configuration, OtlpHttpUrl));
        return new DashboardOptions
        {
            FrontendUrls = [.. (configuration[Urls] is { Length: > 0 } urls ? urls : FreePort)
                .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(u => Url(Urls, u))],
            // With neither there would be no telemetry.
            OtlpGrpcUrl = grpc ?? (http is null ? new Uri(FreePort) : null),
            OtlpHttpUrl = http,
            BrowserToken = anonymous ? null : configuration[BrowserToken],
            OtlpApiKey = anonymous ? null : configuration[OtlpApiKey],
            Limits = limits,
        };
    }

    private static Uri? Url(IConfiguration configuration, string name)
        => configuration[name] is { Length: > 0 } text ? Url(name, text) : null;

    private static Uri Url(string name, string text)
        // Kestrel's own wildcards are no host names.
        => Uri.TryCreate(
            text.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal),
            UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : throw new DistributedApplicationException(
                string.Create(CultureInfo.InvariantCulture, $"{name} must be an http or https address, not '{text}'."));
}
