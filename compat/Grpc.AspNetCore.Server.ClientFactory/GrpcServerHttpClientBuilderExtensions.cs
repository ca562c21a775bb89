using Grpc.AspNetCore.ClientFactory;
using Grpc.AspNetCore.ClientFactory.Internal;
using Grpc.Net.ClientFactory;
using Microsoft.AspNetCore.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Configures a gRPC client used inside a gRPC service.</summary>
public static class GrpcServerHttpClientBuilderExtensions
{
    /// <summary>Lets the client's calls end with the server call they are made in: its deadline and its cancellation.</summary>
    public static IHttpClientBuilder EnableCallContextPropagation(this IHttpClientBuilder builder) =>
        EnableCallContextPropagation(builder, static _ => { });

    /// <inheritdoc cref="EnableCallContextPropagation(IHttpClientBuilder)"/>
    public static IHttpClientBuilder EnableCallContextPropagation(
        this IHttpClientBuilder builder, Action<GrpcContextPropagationOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configureOptions);
        var options = new GrpcContextPropagationOptions();
        configureOptions(options);

        builder.Services.AddHttpContextAccessor();
        return builder.AddInterceptor(
            InterceptorScope.Channel,
            services => new ContextPropagationInterceptor(options, services.GetRequiredService<IHttpContextAccessor>()));
    }
}
