using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.Hosting;

/// <summary>Where a service listens.</summary>
public static class ServiceEndpoints
{
    /// <summary>
    /// Two ports: gRPC as cleartext HTTP/2, and HTTP/1.1 for probes and pages. They cannot share one: without TLS there is no
    /// negotiation, so an HTTP/2 port answers no HTTP/1.1 probe. Settings: CNNVIZ_GRPC_PORT, CNNVIZ_HTTP_PORT (0 or unset = a
    /// free port) and CNNVIZ_BIND (an address; default loopback).
    /// </summary>
    public static WebApplicationBuilder UseServiceEndpoints(this WebApplicationBuilder builder)
    {
        var address = Address(builder.Configuration["CNNVIZ_BIND"]);
        var grpcPort = Port(builder.Configuration, "CNNVIZ_GRPC_PORT");
        var httpPort = Port(builder.Configuration, "CNNVIZ_HTTP_PORT");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(address, grpcPort, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(address, httpPort, listen => listen.Protocols = HttpProtocols.Http1);
        });
        return builder;
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
}
