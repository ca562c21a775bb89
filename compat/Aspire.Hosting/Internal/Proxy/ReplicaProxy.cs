using System.Diagnostics;
using System.Net;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal.Orchestration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Aspire.Hosting.Internal.Proxy;

/// <summary>
/// The one address of each endpoint that has replicas: takes HTTP/1.1 or, for transport "http2", HTTP/2 in cleartext, and hands
/// each request to a replica. No request is tried twice and none has a time limit: that is the clients' business.
/// </summary>
internal sealed class ReplicaProxy(PortReservations ports, ILoggerFactory loggers) : IAsyncDisposable
{
    private static readonly TimeSpan _ping = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        EnableMultipleHttp2Connections = true,
        // The caller's trace context is passed on as it came.
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        // A replica that hangs does not answer them, and its calls end.
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        KeepAlivePingDelay = _ping,
        KeepAlivePingTimeout = _ping,
    });

    private WebApplication? _app;

    /// <summary>Listens for those of the resources' endpoints that have replicas.</summary>
    /// <exception cref="DistributedApplicationException">A port is taken.</exception>
    public async Task StartAsync(IEnumerable<IResource> resources, CancellationToken cancellationToken)
    {
        EndpointAnnotation[] endpoints =
            [.. resources.SelectMany(r => r.Annotations.OfType<EndpointAnnotation>()).Where(e => e.IsBalanced)];
        if (endpoints.Length == 0)
            return;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel => Listen(kestrel, endpoints));
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddHttpForwarder();
        _app = builder.Build();
        var forwarder = _app.Services.GetRequiredService<IHttpForwarder>();
        var routes = endpoints.ToDictionary(e => e.AllocatedEndpoint!.Port, e => new ReplicaRoute(e, forwarder, _client));
        _app.Run(context => routes[context.Connection.LocalPort].SendAsync(context));
        foreach (var endpoint in endpoints)
            ports.Release(endpoint.AllocatedEndpoint!);
        try
        {
            await _app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new DistributedApplicationException(e.Message, e);
        }
    }

    /// <summary>Takes no more requests.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync().ConfigureAwait(false);
        _client.Dispose();
    }

    private static void Listen(KestrelServerOptions kestrel, IEnumerable<EndpointAnnotation> endpoints)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.Http2.MaxStreamsPerConnection = int.MaxValue;
        foreach (var endpoint in endpoints)
        {
            var own = endpoint.AllocatedEndpoint!;
            kestrel.Listen(IPAddress.TryParse(own.Address, out var address) ? address : IPAddress.Loopback, own.Port, listen =>
                listen.Protocols = endpoint.Transport == "http2" ? HttpProtocols.Http2 : HttpProtocols.Http1);
        }
    }

    /// <summary>The app host starts and stops it; signals are not its business.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
