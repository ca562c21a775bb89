using CnnViz.ServiceDefaults.Discovery;
using CnnViz.ServiceDefaults.Tls;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>Clients of the product's other services.</summary>
public static class ServiceClientExtensions
{
    // The largest request that a service takes (17 MiB) can be sent again, and a dozen of them at the same time.
    private const int RetryBufferPerCall = 18 * 1024 * 1024;
    private const int RetryBuffer = 12 * RetryBufferPerCall;

    private static readonly TimeSpan _namesAreNew = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Adds a gRPC client of a service whose addresses the configuration gives (services__{service}__{endpoint}__0 and on). Calls go
    /// to several addresses in turns. One that ends UNAVAILABLE before anything of its answer has come is tried again, up to four
    /// times in all within some two seconds, at another address where there is one; nothing else is repeated, nothing is sent twice
    /// at a time, and no call has a time limit besides its own deadline. Connections in use are kept alive by pings, so that one whose
    /// other end has vanished is noticed within 40 seconds. <see cref="UpstreamOptions"/> says whom they trust and as whom they call.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="service">The service's name, such as "inference".</param>
    /// <param name="endpoint">Its endpoint's, such as "grpc".</param>
    /// <exception cref="InvalidOperationException">No address is configured, or one is no URL.</exception>
    public static IHttpClientBuilder AddServiceClient<TClient>(this WebApplicationBuilder builder, string service, string endpoint)
        where TClient : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        var addresses = ServiceAddresses.Read(builder.Configuration, service, endpoint);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ResolverFactory, StaticResolverFactory>(
            provider => new StaticResolverFactory(target => Resolve(provider, target))));

        // The client's own would ask only when a connection is lost, and never hear of a new replica.
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ResolverFactory, DnsResolverFactory>(
            _ => new DnsResolverFactory(_namesAreNew)));
        var address = addresses switch
        {
            { Balanced: false } => addresses.Addresses[0],
            { Addresses: [var only] } => only,
            _ => new Uri($"static:///{service}/{endpoint}"),
        };
        builder.Services.AddOptions<UpstreamOptions>().BindConfiguration("Upstream");
        return builder.Services
            .AddGrpcClient<TClient>(options => options.Address = address)
            .ConfigureChannel(channel => Configure(channel, addresses))
            .ConfigurePrimaryHttpMessageHandler(provider =>
                Handler(provider.GetRequiredService<IOptions<UpstreamOptions>>().Value));
    }

    private static SocketsHttpHandler Handler(UpstreamOptions upstream)
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            UseCookies = false,
        };
        upstream.Apply(handler.SslOptions);
        return handler;
    }

    private static void Configure(GrpcChannelOptions channel, ServiceAddresses addresses)
    {
        var everywhere = new MethodConfig
        {
            Names = { MethodName.Default },
            RetryPolicy = new RetryPolicy
            {
                MaxAttempts = 4,
                InitialBackoff = TimeSpan.FromMilliseconds(200),
                MaxBackoff = TimeSpan.FromSeconds(2),
                BackoffMultiplier = 2,
                RetryableStatusCodes = { StatusCode.Unavailable },
            },
        };
        channel.ServiceConfig = new ServiceConfig { MethodConfigs = { everywhere } };
        channel.MaxRetryBufferPerCallSize = RetryBufferPerCall;
        channel.MaxRetryBufferSize = RetryBuffer;
        if (addresses.Balanced)
        {
            channel.ServiceConfig.LoadBalancingConfigs.Add(new RoundRobinConfig());
            channel.Credentials = addresses.Tls ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure;
        }
    }

    private static IEnumerable<BalancerAddress> Resolve(IServiceProvider provider, Uri target) =>
        target.AbsolutePath.Trim('/').Split('/') is [var service, var endpoint]
            ? ServiceAddresses.Read(provider.GetRequiredService<IConfiguration>(), service, endpoint).ForBalancer()
            : throw new InvalidOperationException($"'{target}' names no service and endpoint");
}
