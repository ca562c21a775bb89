using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal.Launching;
using Aspire.Hosting.Redis.Internal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>Adds Redis.</summary>
public static class RedisBuilderExtensions
{
    private const int ContainerPort = 6379;
    private const int PasswordLength = 22;
    private const string PasswordCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>
    /// Adds a Redis server: a container if a Docker engine has the image, else redis-server from PATH on a loopback port, else it
    /// is absent and the application runs without it. Nothing is kept on disk.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource, and of the connection string for those that refer to it.</param>
    /// <param name="port">Port on this machine; a free one when null.</param>
    /// <param name="password">Its password: letters and digits; a random one when null.</param>
    public static IResourceBuilder<RedisResource> AddRedis(
        this IDistributedApplicationBuilder builder, string name, int? port = null, IResourceBuilder<ParameterResource>? password = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var secret = password?.Resource ?? new ParameterResource(
            $"{name}-password",
            _ => builder.Configuration[$"Parameters:{name}-password"]
                ?? RandomNumberGenerator.GetString(PasswordCharacters, PasswordLength),
            secret: true);
        var redis = new RedisResource(name, secret);
        var settings = new RedisSettings(redis);
        var healthKey = $"{name}_check";
        builder.Services.AddHealthChecks().Add(
            new HealthCheckRegistration(healthKey, _ => new RedisPingHealthCheck(redis), failureStatus: null, tags: null));
        return builder.AddResource(redis)
            .WithImage("library/redis", "8.2")
            .WithEndpoint(port, ContainerPort, name: RedisResource.PrimaryEndpointName)
            .WithArgs("redis-server", "-")
            .WithAnnotation(new ContainerInputAnnotation(settings.ForContainerAsync))
            .WithAnnotation(new LocalServerAnnotation("redis-server", ["-"], settings.ForLocalServerAsync))
            .WithHealthCheck(healthKey);
    }
}
