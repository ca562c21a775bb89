using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>
/// Gives endpoints their ports and keeps the free ones it picked bound until the process that will listen there is started.
/// Free ports come from below the range that the system gives to outgoing connections, so that none of those takes one meanwhile.
/// </summary>
internal sealed class PortReservations : IDisposable
{
    private const int LowestPort = 15_000;
    private const int HighestPort = 32_000;
    private const int Attempts = 200;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Socket> _held = [];

    /// <summary>Sets the addresses of all endpoints of a resource, for each of its replicas.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="listensOnHost">Whether its process listens on this machine's port itself (a container's is
    /// published).</param>
    /// <exception cref="DistributedApplicationException">The ports asked for cannot be had.</exception>
    public void Allocate(IResource resource, bool listensOnHost)
    {
        var replicas = resource.GetReplicaCount();
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            var @fixed = FixedPort(resource, endpoint, listensOnHost);
            var balanced = replicas > 1 && endpoint is { IsProxied: true, UriScheme: "http", TargetPort: null };
            if (@fixed is not null && replicas > 1 && !balanced)
                throw new DistributedApplicationException(
                    $"Endpoint '{endpoint.Name}' of '{resource.Name}' has the fixed port {@fixed}, which {replicas} replicas cannot share.");
            var address = endpoint.TargetHost is "localhost" ? "127.0.0.1" : endpoint.TargetHost;
            var own = balanced ? null : @fixed;
            endpoint.Replicas =
                [.. Enumerable.Range(0, replicas).Select(_ => new AllocatedEndpoint(endpoint, address, own ?? Reserve()))];
            endpoint.AllocatedEndpoint = balanced
                ? new AllocatedEndpoint(endpoint, address, @fixed ?? Reserve())
                : endpoint.Replicas[0];
        }
    }

    /// <summary>Frees the ports of one replica of a resource, for its process to bind.</summary>
    public void Release(IResource resource, int replica)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
            Release(endpoint.Replicas[replica]);
    }

    /// <summary>Frees one port.</summary>
    public void Release(AllocatedEndpoint endpoint)
    {
        lock (_lock)
        {
            if (_held.Remove(endpoint.Port, out var socket))
                socket.Dispose();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var socket in _held.Values)
                socket.Dispose();
            _held.Clear();
        }
    }

    private static int? FixedPort(IResource resource, EndpointAnnotation endpoint, bool listensOnHost)
    {
        if (!listensOnHost || resource is ContainerResource)
            return endpoint.Port;
        if (endpoint is { Port: { } port, TargetPort: { } target } && port != target)
            throw new DistributedApplicationException(
                $"Endpoint '{endpoint.Name}' of '{resource.Name}' wants port {port} forwarded to {target}; there is no proxy to do that.");
        return endpoint.Port ?? endpoint.TargetPort;
    }

    private int Reserve()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = Random.Shared.Next(LowestPort, HighestPort);
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                // Bound alone is not enough: with SO_REUSEADDR, which .NET sets, another can bind as long as nobody listens.
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                socket.Listen();
            }
            catch (SocketException)
            {
                socket.Dispose();
                continue;
            }

            lock (_lock)
                _held[port] = socket;

            return port;
        }

        throw new DistributedApplicationException(
            $"Found no free port from {LowestPort} to {HighestPort} in {Attempts} attempts.");
    }
}
