using System.Net;
using Aspire.Dashboard.Api;
using Aspire.Dashboard.Otlp;
using Aspire.Dashboard.Resources;
using Aspire.Dashboard.Security;
using Aspire.Dashboard.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Dashboard;

/// <summary>The dashboard's web server: pages for people, OTLP for the resources.</summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DashboardOptions _options;

    /// <param name="options">Where it listens and what it keeps.</param>
    /// <param name="resources">What it shows and controls.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="time">Tells the time.</param>
    public DashboardServer(DashboardOptions options, IDashboardResources resources, ILoggerFactory loggers, TimeProvider time)
    {
        _options = options;
        Telemetry = new TelemetryStore(options.Limits);
        // Nothing of the app host's environment, which is full of addresses and settings for others.
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = typeof(DashboardServer).Assembly.GetName().Name });
        builder.WebHost.UseKestrel(Configure);
        var services = builder.Services;
        services.AddSingleton(loggers);
        services.AddSingleton<IHostLifetime, NoLifetime>();
        services.AddSingleton(time);
        services.AddSingleton(resources);
        services.AddSingleton(Telemetry);
        services.AddSingleton(new BrowserSession(options.BrowserToken, time));
        services.AddSingleton<TraceDecoder>();
        services.AddSingleton<MetricDecoder>();
        services.AddSingleton<LogDecoder>();
        services.AddRouting();
        services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = options.MaxMessageBytes);
        _app = builder.Build();
        _app.Use(DashboardAccess.Create(options));
        _app.UseRouting();
        _app.MapGrpcService<OtlpTraceService>();
        _app.MapGrpcService<OtlpMetricsService>();
        _app.MapGrpcService<OtlpLogsService>();
        _app.MapOtlpHttp(options.MaxMessageBytes);
        _app.MapPages();
        _app.MapResourcesApi();
        _app.MapLiveApi();
        _app.MapLogsApi();
        _app.MapTracesApi();
        _app.MapMetricsApi();
    }

    /// <summary>What has come in.</summary>
    public TelemetryStore Telemetry { get; }

    /// <summary>Address of the pages, once started.</summary>
    public Uri FrontendUrl { get; private set; } = null!;

    /// <summary>Address that lets a person in, once started.</summary>
    public Uri LoginUrl => _options.BrowserToken is { } token ? new Uri(FrontendUrl, $"/login?t={token}") : FrontendUrl;

    /// <summary>Address of OTLP over gRPC, once started, if served.</summary>
    public Uri? OtlpGrpcUrl { get; private set; }

    /// <summary>Address of OTLP over HTTP, once started, if served.</summary>
    public Uri? OtlpHttpUrl { get; private set; }

    /// <exception cref="IOException">An address is taken.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken).ConfigureAwait(false);
        // In the order in which they were given to Kestrel.
        var bound = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(a => new Uri(a)).ToArray();
        FrontendUrl = WithPort(_options.FrontendUrls[0], bound[0].Port);
        var next = _options.FrontendUrls.Count;
        if (_options.OtlpGrpcUrl is { } grpc)
            OtlpGrpcUrl = WithPort(grpc, bound[next++].Port);
        if (_options.OtlpHttpUrl is { } http)
            OtlpHttpUrl = WithPort(http, bound[next].Port);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Uri WithPort(Uri url, int port) => new UriBuilder(url) { Port = port }.Uri;

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = _options.MaxMessageBytes;
        foreach (var url in _options.FrontendUrls)
            Listen(kestrel, url, EndpointRole.Frontend, HttpProtocols.Http1);
        if (_options.OtlpGrpcUrl is { } grpc)
            Listen(kestrel, grpc, EndpointRole.OtlpGrpc, HttpProtocols.Http2);
        if (_options.OtlpHttpUrl is { } http)
            Listen(kestrel, http, EndpointRole.OtlpHttp, HttpProtocols.Http1);
    }

    private static void Listen(KestrelServerOptions kestrel, Uri url, EndpointRole role, HttpProtocols protocols)
    {
        // "localhost" as IPv4 alone: with both families there is no picking of a free port.
        if (url.HostNameType is UriHostNameType.Dns && url.IsLoopback)
            kestrel.Listen(IPAddress.Loopback, url.Port, Configure);
        else if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address))
            kestrel.Listen(address, url.Port, Configure);
        else
            kestrel.ListenAnyIP(url.Port, Configure);

        void Configure(ListenOptions listen)
        {
            listen.Protocols = protocols;
            listen.Use(next => connection =>
            {
                connection.Items[typeof(EndpointRole)] = role;
                return next(connection);
            });
            if (url.Scheme == Uri.UriSchemeHttps)
                listen.UseHttps();
        }
    }

    /// <summary>The app host starts and stops it; signals are not its business.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
