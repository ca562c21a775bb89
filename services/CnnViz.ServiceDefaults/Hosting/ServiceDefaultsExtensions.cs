using CnnViz.ServiceDefaults.Errors;
using CnnViz.ServiceDefaults.Grpc;
using CnnViz.ServiceDefaults.Health;
using CnnViz.ServiceDefaults.Limits;
using CnnViz.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every host of the product shares.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>gRPC with bounded inflating and mapped errors, callers and limits, telemetry, health checks and reflection.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="maxMessageBytes">
    /// Largest message accepted, in bytes, before and after inflating; null for the setting Limits:MessageBytes.
    /// </param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, int? maxMessageBytes = null)
    {
        var maxReceiveBytes = maxMessageBytes
            ?? builder.Configuration.GetValue("Limits:MessageBytes", new LimitOptions().MessageBytes);
        builder.UseServiceEndpoints();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.ConfigureOpenTelemetry();
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = maxReceiveBytes;
            options.Interceptors.Add<RpcMetricsInterceptor>();
            options.Interceptors.Add<ErrorInterceptor>();
        }).Services.AddBoundedGzip(maxReceiveBytes);
        builder.AddCallers();
        builder.Services.AddGrpcReflection();
        return builder.AddDefaultHealthChecks();
    }

    /// <summary>
    /// Health over HTTP and gRPC, with one check, "self", tag "live": the process answers. Others add their own checks; one that is
    /// degraded still serves.
    /// </summary>
    public static WebApplicationBuilder AddDefaultHealthChecks(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddGrpcHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), ["live"]);
        return builder;
    }

    /// <summary>/health (ready: all checks), /alive (the process answers), /metrics, gRPC health and reflection.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.UseCallers();
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = HealthText.WriteAsync }).AsProbe();
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") }).AsProbe();
        app.MapMetrics("/metrics");
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        return app;
    }
}
