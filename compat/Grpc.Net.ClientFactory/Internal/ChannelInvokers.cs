using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Grpc.Net.ClientFactory.Internal;

/// <summary>One channel per registered name, made on first use and closed with the application's services.</summary>
internal sealed class ChannelInvokers(
    IServiceProvider services,
    IHttpMessageHandlerFactory handlers,
    IOptionsMonitor<GrpcClientFactoryOptions> clientOptions,
    IOptionsMonitor<HttpClientFactoryOptions> httpOptions,
    ILoggerFactory loggers) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Entry>> _entries = new(StringComparer.Ordinal);

    internal CallInvoker Get(string name) => _entries.GetOrAdd(name, key => new Lazy<Entry>(() => Create(key))).Value.Invoker;

    public void Dispose()
    {
        foreach (Lazy<Entry> entry in _entries.Values)
        {
            if (entry.IsValueCreated)
                entry.Value.Channel.Dispose();
        }
    }

    private Entry Create(string name)
    {
        // The channel owns its HTTP messages, so what was set on an HttpClient would silently have no effect.
        if (httpOptions.Get(name).HttpClientActions.Count > 0)
        {
            throw new InvalidOperationException(
                $"ConfigureHttpClient has no effect on a gRPC client. Configure '{name}' with ConfigureChannel or a message handler.");
        }

        GrpcClientFactoryOptions options = clientOptions.Get(name);
        var channelOptions = new GrpcChannelOptions
        {
            HttpHandler = handlers.CreateHandler(name),
            LoggerFactory = loggers,
            ServiceProvider = services,
        };
        foreach (Action<GrpcChannelOptions> configure in options.ChannelOptionsActions)
            configure(channelOptions);

        Uri address = options.Address ?? throw new InvalidOperationException(
            $"The gRPC client '{name}' has no address. Set {nameof(GrpcClientFactoryOptions)}.{nameof(options.Address)}.");
        if (options.HasCallCredentials && !AllowsCallCredentials(address, channelOptions))
        {
            throw new InvalidOperationException(
                $"The call credentials of the gRPC client '{name}' need TLS, which its address or channel credentials do not give.");
        }

        var channel = GrpcChannel.ForAddress(address, channelOptions);
        return new Entry(channel, channel.CreateCallInvoker().InterceptAll(options, InterceptorScope.Channel, services));
    }

    private static bool AllowsCallCredentials(Uri address, GrpcChannelOptions options) =>
        options.UnsafeUseInsecureChannelCallCredentials
        || (options.Credentials is null ? address.Scheme != Uri.UriSchemeHttp : options.Credentials != ChannelCredentials.Insecure);

    private sealed record Entry(GrpcChannel Channel, CallInvoker Invoker);
}

/// <summary>Applies the interceptors of a scope.</summary>
internal static class InterceptorRegistrations
{
    internal static CallInvoker InterceptAll(
        this CallInvoker invoker, GrpcClientFactoryOptions options, InterceptorScope scope, IServiceProvider services)
    {
        Interceptor[] interceptors =
            [.. options.InterceptorRegistrations.Where(r => r.Scope == scope).Select(r => r.Creator(services))];
        return interceptors.Length == 0 ? invoker : invoker.Intercept(interceptors);
    }
}
