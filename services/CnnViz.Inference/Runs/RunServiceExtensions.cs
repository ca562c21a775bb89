using CnnViz.Cache.Shared;
using CnnViz.Inference.Telemetry;
using Microsoft.Extensions.Options;

namespace CnnViz.Inference.Runs;

/// <summary>Adds runs to the host.</summary>
internal static class RunServiceExtensions
{
    /// <summary>Runs with the options of section "Runs", shared through the Redis that the result cache uses, if any.</summary>
    public static WebApplicationBuilder AddRuns(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<RunOptions>().BindConfiguration("Runs").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RunMetrics>();
        services.AddSingleton<RunHub>();
        services.AddSingleton<RunWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<RunHub>());
        if (services.Any(service => service.ServiceType == typeof(RedisConnection)))
        {
            services.AddSingleton(provider => new RedisRuns(
                provider.GetRequiredService<RedisConnection>(), provider.GetRequiredService<IOptions<RunOptions>>().Value));
            services.AddHostedService<RunTakeover>();
        }

        return builder;
    }
}
