using System.Net;
using System.Net.Http.Headers;
using Aspire.Dashboard;
using Aspire.Dashboard.Resources;
using Aspire.Dashboard.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace CnnViz.Dashboard.Tests.Infrastructure;

/// <summary>The dashboard's server alone, without an application, and a client of it.</summary>
internal sealed class DashboardProbe : IAsyncDisposable
{
    public const string Token = "the-token";
    public const string ApiKey = "the-key";

    private DashboardProbe(DashboardServer server) => Server = server;

    public DashboardServer Server { get; }

    public TelemetryStore Telemetry => Server.Telemetry;

    /// <summary>Follows no redirects and keeps no cookies.</summary>
    public HttpClient Http { get; } =
        new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });

    public static async Task<DashboardProbe> StartAsync(
        string? token = Token, string? key = ApiKey, TelemetryLimits? limits = null, int maxMessageBytes = 1 << 20,
        TimeProvider? time = null)
    {
        var any = new Uri("http://127.0.0.1:0");
        var probe = new DashboardProbe(new DashboardServer(
            new DashboardOptions
            {
                FrontendUrls = [any],
                OtlpGrpcUrl = any,
                OtlpHttpUrl = any,
                BrowserToken = token,
                OtlpApiKey = key,
                Limits = limits ?? new TelemetryLimits(),
                MaxMessageBytes = maxMessageBytes,
            },
            new NoResources(), NullLoggerFactory.Instance, time ?? TimeProvider.System));
        await probe.Server.StartAsync(CancellationToken.None);
        return probe;
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? cookie = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Server.FrontendUrl, path));
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        return await Http.SendAsync(request);
    }

    /// <summary>Signs in and gives the cookie.</summary>
    public async Task<string> SignInAsync()
    {
        using var response = await GetAsync($"/login?t={Token}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    public async Task<HttpResponseMessage> PostOtlpAsync(
        string signal, byte[] body, string? key = ApiKey, string? encoding = null, string type = "application/x-protobuf")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Server.OtlpHttpUrl!, $"/v1/{signal}"));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
            request.Content.Headers.ContentEncoding.Add(encoding);
        if (key is not null)
            request.Headers.Add("x-otlp-api-key", key);
        return await Http.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.StopAsync(CancellationToken.None);
        await Server.DisposeAsync();
    }

    private sealed class NoResources : IDashboardResources
    {
        public string ApplicationName => "Probe";

        public ChangeSignal Changes { get; } = new();

        public IReadOnlyList<ResourceView> Current => [];

        public IAsyncEnumerable<IReadOnlyList<ConsoleLine>>? WatchConsole(string id, CancellationToken cancellationToken) => null;

        public IReadOnlyList<ConsoleLine>? Console(string id) => null;

        public string? Reveal(string id, string name) => null;

        public Task<string?> ExecuteAsync(string id, string command, CancellationToken cancellationToken)
            => Task.FromResult<string?>("No such thing.");
    }
}
