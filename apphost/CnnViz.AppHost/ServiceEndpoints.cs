using System.Globalization;

namespace CnnViz.AppHost;

/// <summary>The two endpoints that every service of the stack has.</summary>
internal static class ServiceEndpoints
{
    /// <summary>HTTP/2 for gRPC, cleartext unless Tls:Certificate is set.</summary>
    public const string Grpc = "grpc";

    /// <summary>HTTP/1.1 for probes and pages: a cleartext HTTP/2 port cannot answer them.</summary>
    public const string Http = "http";

    /// <summary>Adds both endpoints and the health check.</summary>
    /// <param name="service">The service; binds the ports in CNNVIZ_GRPC_PORT and CNNVIZ_HTTP_PORT.</param>
    /// <param name="settings">Prefix of the settings that fix its ports: {settings}_PORT and {settings}_HTTP_PORT, 1 to
    /// 65535.</param>
    /// <exception cref="DistributedApplicationException">Such a setting is not a port.</exception>
    public static IResourceBuilder<ProjectResource> WithServiceEndpoints(
        this IResourceBuilder<ProjectResource> service, string settings)
        => service
            .WithHttpEndpoint(Port(service, $"{settings}_PORT"), name: Grpc, env: "CNNVIZ_GRPC_PORT")
            .WithEndpoint(Grpc, endpoint =>
            {
                endpoint.Transport = "http2";
                endpoint.UriScheme = Encrypted(service, "Tls:Certificate") ? "https" : "http";
            })
            .WithHttpEndpoint(Port(service, $"{settings}_HTTP_PORT"), name: Http, env: "CNNVIZ_HTTP_PORT")
            .WithEndpoint(Http, endpoint => endpoint.UriScheme = Encrypted(service, "Tls:Http") ? "https" : "http")
            .WithUrlForEndpoint(Grpc, url => url.DisplayText = "gRPC")
            .WithUrlForEndpoint(Http, url => url.DisplayText = "Health and metrics")
            .WithHttpHealthCheck("/health", endpointName: Http);

    private static bool Encrypted(IResourceBuilder<ProjectResource> service, string setting)
        => service.ApplicationBuilder.Configuration[setting] is { Length: > 0 } value
            && !value.Equals("false", StringComparison.OrdinalIgnoreCase);

    private static int? Port(IResourceBuilder<ProjectResource> service, string setting)
        => service.ApplicationBuilder.Configuration[setting] switch
        {
            null or "" => null,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                && port is > 0 and <= 65535 => port,
            var text => throw new DistributedApplicationException($"{setting} must be a port from 1 to 65535, not '{text}'."),
        };
}
