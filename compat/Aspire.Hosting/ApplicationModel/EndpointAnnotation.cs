using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>An endpoint that a resource listens on.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="uriScheme">Scheme of its URL; the protocol's name when null.</param>
    /// <param name="transport">"http", "http2" or "tcp"; by default "http" for http and https, else the protocol's name.</param>
    /// <param name="name">Its name within the resource; the scheme when null.</param>
    /// <param name="port">The port that others connect to; a free one when null.</param>
    /// <param name="targetPort">The port that the process listens on; <paramref name="port"/> when null.</param>
    /// <param name="isExternal">Whether it is open beyond this machine when deployed.</param>
    /// <param name="isProxied">Whether a proxy may stand before replicas (README.md).</param>
    public EndpointAnnotation(
        ProtocolType protocol,
        string? uriScheme = null,
        string? transport = null,
        string? name = null,
        int? port = null,
        int? targetPort = null,
        bool? isExternal = null,
        bool isProxied = true)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? protocol.ToString().ToLowerInvariant();
        Transport = transport ?? (UriScheme is "http" or "https" ? "http" : protocol.ToString().ToLowerInvariant());
        Name = name ?? UriScheme;
        Port = port;
        TargetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsProxied = isProxied;
    }

    /// <summary>TCP or UDP.</summary>
    public ProtocolType Protocol { get; set; }

    /// <summary>Scheme of its URL.</summary>
    public string UriScheme { get; set; }

    /// <summary>"http", "http2" or "tcp".</summary>
    public string Transport { get; set; }

    /// <summary>Its name within the resource.</summary>
    public string Name { get; set; }

    /// <summary>The port that others connect to, when fixed.</summary>
    public int? Port { get; set; }

    /// <summary>The port that the process listens on, when fixed.</summary>
    public int? TargetPort { get; set; }

    /// <summary>The address that the process listens on.</summary>
    public string TargetHost { get; set; } = "localhost";

    /// <summary>Whether it is open beyond this machine when deployed.</summary>
    public bool IsExternal { get; set; }

    /// <summary>Whether a proxy stands before it.</summary>
    public bool IsProxied { get; set; }

    /// <summary>Where it is, once known.</summary>
    public AllocatedEndpoint? AllocatedEndpoint { get; set; }

    /// <summary>The variable that tells the process its port.</summary>
    internal string? TargetPortEnvironmentVariable { get; set; }

    /// <summary>
    /// The endpoint of each replica; the first is <see cref="AllocatedEndpoint"/> unless a proxy stands before them.
    /// </summary>
    internal IReadOnlyList<AllocatedEndpoint> Replicas { get; set; } = [];

    /// <summary>Whether a proxy stands before the replicas.</summary>
    internal bool IsBalanced => AllocatedEndpoint is { } own && Replicas.Count > 1 && !Replicas.Contains(own);
}

/// <summary>An endpoint's address, once known.</summary>
public class AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port)
{
    /// <summary>The endpoint.</summary>
    public EndpointAnnotation Endpoint { get; } = endpoint;

    /// <summary>Host name or IP address to connect to.</summary>
    public string Address { get; } = address;

    /// <summary>Port to connect to.</summary>
    public int Port { get; } = port;

    /// <summary>Scheme of the URL.</summary>
    public string UriScheme => Endpoint.UriScheme;

    /// <summary>address:port.</summary>
    public string EndPointString => $"{Address}:{Port}";

    /// <summary>scheme://address:port.</summary>
    public string UriString => $"{UriScheme}://{EndPointString}";

    /// <summary>Whether its replica was stopped or has ended: then nobody asks how it is.</summary>
    internal bool IsClosed { get; set; }

    /// <summary>Whether its replica's health checks passed when last asked.</summary>
    internal bool IsHealthy { get; set; }

    /// <summary>Requests that the proxy has sent there and that are under way.</summary>
    internal int RequestsUnderWay { get; set; }

    /// <inheritdoc />
    public override string ToString() => UriString;
}
