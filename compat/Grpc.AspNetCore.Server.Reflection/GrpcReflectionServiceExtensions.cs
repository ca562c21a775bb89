using System.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Proto = Google.Protobuf.Reflection;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers gRPC server reflection.</summary>
public static class GrpcReflectionServiceExtensions
{
    /// <summary>Registers reflection of every gRPC service that the application maps.</summary>
    public static IServiceCollection AddGrpcReflection(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(static provider => new ReflectionServiceImpl(MappedServices(provider)));
        services.TryAddSingleton(static provider => new ReflectionV1ServiceImpl(MappedServices(provider)));
        return services;
    }

    // Read on the first reflection call, when all endpoints are mapped.
    private static List<Proto.ServiceDescriptor> MappedServices(IServiceProvider provider) =>
    [
        .. provider.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.ServiceType)
            .OfType<Type>()
            .Distinct()
            .Select(Descriptor)
            .OfType<Proto.ServiceDescriptor>(),
    ];

    // Generated code marks a service's base class with the class that holds its descriptor.
    private static Proto.ServiceDescriptor? Descriptor(Type service) =>
        service.GetCustomAttribute<BindServiceMethodAttribute>(inherit: true)?.BindType
            .GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?
            .GetValue(null) as Proto.ServiceDescriptor;
}
