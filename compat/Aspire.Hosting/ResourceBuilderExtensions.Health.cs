using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Takes a registered health check into account for a resource's health.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="key">Name of the registration among the application's health checks.</param>
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new HealthCheckAnnotation(key));
    }

    /// <summary>Adds a health check that gets a page of the resource.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="path">Path of the page; "/" when null.</param>
    /// <param name="statusCode">The status expected; 200 when null.</param>
    /// <param name="endpointName">The endpoint asked; the first one with scheme http or https when null.</param>
    /// <exception cref="DistributedApplicationException">There is no such endpoint.</exception>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        var endpoint = endpointName is not null
            ? builder.GetEndpoint(endpointName)
            : builder.Resource.GetEndpoints().FirstOrDefault(e => e.IsHttp || e.IsHttps);
        if (endpoint is not { Exists: true } || !(endpoint.IsHttp || endpoint.IsHttps))
            throw new DistributedApplicationException(
                $"Cannot check the health of '{builder.Resource.Name}': it has no http or https endpoint"
                + (endpointName is null ? "." : $" named '{endpointName}'."));
        var expected = statusCode ?? 200;
        var page = path ?? "/";
        var key = $"{builder.Resource.Name}_{endpoint.EndpointName}_{page}_{expected}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            key,
            services => new HttpEndpointHealthCheck(services.GetRequiredService<ProbeClient>(), endpoint, page, expected),
            failureStatus: null,
            tags: null));
        return builder.WithHealthCheck(key);
    }
}
