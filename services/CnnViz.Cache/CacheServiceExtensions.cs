using CnnViz.Cache.Shared;
using CnnViz.Cache.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CnnViz.Cache;

/// <summary>Adds the cache to a host.</summary>
public static class CacheServiceExtensions
{
    private const string RedisName = "redis";

    /// <summary>
    /// A <see cref="ResultCache"/> with the options of section "Cache". Its second level is the Redis of the connection string
    /// "redis" (ConnectionStrings__redis); without one there is the first level alone.
    /// </summary>
    /// <exception cref="InvalidOperationException">The connection string is none.</exception>
    public static WebApplicationBuilder AddResultCache(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<CacheOptions>().BindConfiguration("Cache").ValidateDataAnnotations().ValidateOnStart();
        if (builder.Configuration.GetConnectionString(RedisName) is { Length: > 0 } connectionString)
        {
            var connection = new RedisConnection(connectionString);
            services.AddSingleton(_ => connection);
            services.AddStackExchangeRedisCache(redis =>
            {
                redis.InstanceName = RedisConnection.Prefix;
                redis.ConnectionMultiplexerFactory = async () => await connection.GetAsync().ConfigureAwait(false);
            });
            services.AddSingleton<IRemoteStore>(provider =>
                new RedisStore(provider.GetRequiredService<IDistributedCache>(), provider.GetRequiredService<RedisConnection>()));
            services.AddHostedService<RedisGreeting>();
            services.AddHealthChecks().AddCheck<RedisHealthCheck>("redis");
        }

        services.AddSingleton<CacheMetrics>();
        services.AddSingleton(provider => new ResultCache(
            provider.GetRequiredService<IOptions<CacheOptions>>(),
            provider.GetService<IRemoteStore>() is not { } store
                ? null
                : new SharedLevel(
                    store,
                    provider.GetRequiredService<IOptions<CacheOptions>>().Value,
                    provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<ILogger<SharedLevel>>()),
            provider.GetRequiredService<CacheMetrics>()));
        return builder;
    }
}
