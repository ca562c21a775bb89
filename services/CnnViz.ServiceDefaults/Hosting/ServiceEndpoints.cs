using System.Globalization;
using System.Net;
using CnnViz.ServiceDefaults.Callers;
using CnnViz.ServiceDefaults.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>Where a service listens.</summary>
public static partial class ServiceEndpoints
{
    // Watches last as long as their runs; at Kestrel's 100, a client's further calls on the same connection would wait for them.
    private const int StreamsPerConnection = 1000;

    /// <summary>
    /// Two ports: gRPC as HTTP/2, and HTTP/1.1 for probes and pages. They cannot share one: without TLS there is no negotiation, so
    /// an HTTP/2 port answers no HTTP/1.1 probe. Settings: CNNVIZ_GRPC_PORT, CNNVIZ_HTTP_PORT (0 or unset = a free port),
    /// CNNVIZ_BIND (an address; default loopback) and <see cref="TlsOptions"/>.
    /// </summary>
    public static WebApplicationBuilder UseServiceEndpoints(this WebApplicationBuilder builder)
    {
        var address = Address(builder.Configuration["CNNVIZ_BIND"]);
        var grpcPort = Port(builder.Configuration, "CNNVIZ_GRPC_PORT");
        var httpPort = Port(builder.Configuration, "CNNVIZ_HTTP_PORT");
        builder.Services.AddOptions<TlsOptions>().BindConfiguration("Tls")
            .Validate(
                options => options.Refusal() is null,
                "Tls:Certificate and Tls:Key are needed together, and for all else of Tls; Tls:RequireClientCertificate needs Tls:ClientCa")
            .ValidateOnStart();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var services = kestrel.ApplicationServices;
            var tls = services.GetRequiredService<IOptions<TlsOptions>>().Value;
            var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("CnnViz.Endpoints");
            var certificates = tls.Enabled
                ? new ServerCertificates(tls, services.GetRequiredService<TimeProvider>(), logger)
                : null;
            kestrel.AddServerHeader = false;
            kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;
            kestrel.Listen(address, grpcPort, listen => Protect(listen, HttpProtocols.Http2, certificates, askClient: true));
            kestrel.Listen(
                address, httpPort, listen => Protect(listen, HttpProtocols.Http1, tls.Http ? certificates : null, askClient: false));
            if (!IPAddress.IsLoopback(address))
            {
                WarnIfOpen(logger, address, tls, services.GetRequiredService<IOptions<CallerOptions>>().Value);
            }
        });
        return builder;
    }

    private static void Protect(ListenOptions listen, HttpProtocols protocols, ServerCertificates? certificates, bool askClient)
    {
        listen.Protocols = protocols;
        if (certificates is not null)
        {
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => new(certificates.Handshake(askClient)),
            });
        }
    }

    private static void WarnIfOpen(ILogger logger, IPAddress address, TlsOptions tls, CallerOptions callers)
    {
        switch (tls.Enabled, callers.Enabled)
        {
            case (false, false):
                Log.Open(logger, address);
                break;
            case (false, true):
                Log.Readable(logger, address);
                break;
            case (true, false):
                Log.Anybody(logger, address);
                break;
            default:
                break;
        }
    }

    private static IPAddress Address(string? text) => text switch
    {
        null or "" => IPAddress.Loopback,
        _ when IPAddress.TryParse(text, out var address) => address,
        _ => throw new InvalidOperationException($"CNNVIZ_BIND must be an IP address, not '{text}'"),
    };

    private static int Port(ConfigurationManager configuration, string name) => configuration[name] switch
    {
        null or "" => 0,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535 => port,
        var text => throw new InvalidOperationException($"{name} must be a port from 0 to 65535, not '{text}'"),
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Listening on {Address} without TLS and without callers' keys: whoever reaches this port can use the service (settings Tls, Callers)")]
        public static partial void Open(ILogger logger, IPAddress address);

        [LoggerMessage(2, LogLevel.Warning,
            "Listening on {Address} without TLS: keys and answers cross the network in clear text (settings Tls)")]
        public static partial void Readable(ILogger logger, IPAddress address);

        [LoggerMessage(3, LogLevel.Warning,
            "Listening on {Address} without callers' keys: whoever reaches this port can use the service (settings Callers)")]
        public static partial void Anybody(ILogger logger, IPAddress address);
    }
}
