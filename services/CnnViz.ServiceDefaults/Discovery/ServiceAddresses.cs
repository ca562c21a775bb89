using System.Globalization;
using Grpc.Net.Client.Balancer;
using Microsoft.Extensions.Configuration;

namespace CnnViz.ServiceDefaults.Discovery;

/// <summary>
/// Where another service's endpoint is, as an app host's reference or a deployment says: services__{service}__{endpoint}__0 and on,
/// each an http or https URL, or a single dns:///host:port whose addresses are asked for again and again.
/// </summary>
/// <param name="Addresses">At least one.</param>
internal sealed record ServiceAddresses(IReadOnlyList<Uri> Addresses)
{
    private const string Dns = "dns";

    /// <summary>Whether there are, or may be, several to choose from.</summary>
    public bool Balanced => Addresses.Count > 1 || Addresses[0].Scheme == Dns;

    /// <summary>Whether the service is reached over TLS.</summary>
    public bool Tls => Addresses[0].Scheme == Uri.UriSchemeHttps;

    /// <summary>Reads them.</summary>
    /// <exception cref="InvalidOperationException">There is none, one is no such URL, or they do not go together.</exception>
    public static ServiceAddresses Read(IConfiguration configuration, string service, string endpoint)
    {
        var addresses = new List<Uri>();
        for (var i = 0; i == 0 || configuration[Key(service, endpoint, i)] is not null; i++)
        {
            var text = configuration[Key(service, endpoint, i)];
            addresses.Add(Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" or Dns
                ? address
                : throw new InvalidOperationException(
                    $"{Variable(service, endpoint, i)} must be the {service} service's URL, http, https or dns:///host:port, not '{text}'"));
        }

        return addresses.Select(address => address.Scheme).Distinct().Count() > 1 || (addresses.Count > 1 && addresses[0].Scheme == Dns)
            ? throw new InvalidOperationException(
                $"{Variable(service, endpoint, 0)} and those after it must be all http or all https; a dns URL stands alone")
            : new ServiceAddresses(addresses);
    }

    /// <summary>For the resolver of a balanced channel.</summary>
    public IEnumerable<BalancerAddress> ForBalancer() => Addresses.Select(address =>
    {
        var target = new BalancerAddress(address.Host, address.Port);

        // The name that TLS checks, and the host of each request: without it, the channel's own name.
        target.Attributes.Set(new BalancerAttributesKey<string>("HostOverride"), address.Authority);
        return target;
    });

    private static string Key(string service, string endpoint, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"services:{service}:{endpoint}:{index}");

    private static string Variable(string service, string endpoint, int index) =>
        Key(service, endpoint, index).Replace(":", "__", StringComparison.Ordinal);
}
