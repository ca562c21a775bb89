using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    private const string ReferenceRelation = "Reference";

    /// <summary>
    /// Lets a resource find another by name: <c>services__{name}__{endpoint}__{i}</c> and <c>{NAME}_{ENDPOINT}</c> for each
    /// endpoint.
    /// </summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(source);
        return builder
            .WithAnnotation(new ResourceRelationshipAnnotation(source.Resource, ReferenceRelation))
            .WithEnvironment(context =>
            {
                foreach (var endpoint in source.Resource.GetEndpoints())
                    SetServiceVariables(context, endpoint);
            });
    }

    /// <summary>Lets a resource find one endpoint of another by name.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(endpointReference);
        return builder
            .WithAnnotation(new ResourceRelationshipAnnotation(endpointReference.Resource, ReferenceRelation))
            .WithEnvironment(context => SetServiceVariables(context, endpointReference));
    }

    /// <summary>
    /// Gives a resource another's connection string: <c>ConnectionStrings__{name}</c>, and each of its parts as
    /// <c>{NAME}_{PART}</c>.
    /// </summary>
    /// <param name="builder">The resource that gets it.</param>
    /// <param name="source">The resource that has it.</param>
    /// <param name="connectionName">Name in the variables; the source's name when null.</param>
    /// <param name="optional">Whether the resource can start without it.</param>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithConnectionString> source,
        string? connectionName = null,
        bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(source);
        var resource = source.Resource;
        var name = connectionName ?? resource.Name;
        return builder
            .WithAnnotation(new ResourceRelationshipAnnotation(resource, ReferenceRelation))
            .WithEnvironment(context =>
            {
                if (resource.HasAnnotationOfType<AbsentAnnotation>())
                    return;
                var variable = resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{name}";
                context.EnvironmentVariables[variable] = new ConnectionStringReference(resource, optional);
                foreach (var (part, value) in resource.GetConnectionProperties())
                    context.EnvironmentVariables[$"{ResourceName.ToEnvironmentPrefix(name)}_{part.ToUpperInvariant()}"] = value;
            });
    }

    private static void SetServiceVariables(EnvironmentCallbackContext context, EndpointReference endpoint)
    {
        var name = endpoint.Resource.Name;
        var prefix = $"services__{name}__{endpoint.EndpointName}__";
        context.EnvironmentVariables[$"{prefix}0"] = endpoint;
        context.EnvironmentVariables[
            $"{ResourceName.ToEnvironmentPrefix(name)}_{ResourceName.ToEnvironmentPrefix(endpoint.EndpointName)}"] = endpoint;
        if (endpoint.EndpointAnnotation.IsBalanced)
            return;
        foreach (var (i, replica) in endpoint.EndpointAnnotation.Replicas.Index().Skip(1))
            context.EnvironmentVariables[$"{prefix}{i}"] = replica.UriString;
    }
}
