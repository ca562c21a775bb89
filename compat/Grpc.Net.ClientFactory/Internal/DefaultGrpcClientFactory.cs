using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Grpc.Net.ClientFactory.Internal;

/// <summary>Makes clients over the shared channels; transient, so that it sees the services of the caller's scope.</summary>
internal sealed class DefaultGrpcClientFactory(
    IServiceProvider services,
    ChannelInvokers channels,
    ClientActivators activators,
    IOptionsMonitor<GrpcClientFactoryOptions> clientOptions) : GrpcClientFactory
{
    public override TClient CreateClient<TClient>(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (services.GetService<RegisteredClient<TClient>>() is null)
            throw new InvalidOperationException($"No gRPC client of type {typeof(TClient)} is registered. Call AddGrpcClient.");

        GrpcClientFactoryOptions options = clientOptions.Get(name);
        CallInvoker invoker = channels.Get(name);
        if (options.CallOptionsActions.Count > 0)
            invoker = new CallOptionsInvoker(invoker, options, services);
        invoker = invoker.InterceptAll(options, InterceptorScope.Client, services);

        if (options.Creator is null)
            return (TClient)activators.Get(typeof(TClient))(services, [invoker]);
        return options.Creator(invoker) as TClient
            ?? throw new InvalidOperationException($"The creator of the gRPC client '{name}' did not make a {typeof(TClient)}.");
    }
}

/// <summary>Says that a client type was registered.</summary>
internal sealed class RegisteredClient<TClient>;

/// <summary>Compiled constructors of the client types.</summary>
internal sealed class ClientActivators
{
    private readonly ConcurrentDictionary<Type, ObjectFactory> _factories = new();

    internal ObjectFactory Get(Type clientType) =>
        _factories.GetOrAdd(clientType, static type => ActivatorUtilities.CreateFactory(type, [typeof(CallInvoker)]));
}
