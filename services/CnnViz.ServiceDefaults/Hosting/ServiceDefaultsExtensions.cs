using CnnViz.ServiceDefaults.Errors;
using CnnViz.ServiceDefaults.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every host of the product shares.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>gRPC with bounded inflating and mapped errors, health checks and reflection.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="maxReceiveBytes">
    /// Largest message accepted, in bytes, before and after inflating. Default 17 MiB: a picture of 16 MiB and its request.
    /// </param>
    public static WebApplicationBuilder AddServiceDefaults(
        this WebApplicationBuilder builder, int maxReceiveBytes = 17 * 1024 * 1024)
    {
        builder.UseServiceEndpoints();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = maxReceiveBytes;
            options.Interceptors.Add<ErrorInterceptor>();
        }).Services.AddBoundedGzip(maxReceiveBytes);
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), ["live"]);
        return builder;
    }

    /// <summary>/health (ready: all checks), /alive (the process answers), gRPC health and reflection.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthChecks("/health");
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") });
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        return app;
    }
}
