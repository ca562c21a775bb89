using Grpc.AspNetCore.HealthChecks;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Hosting;

/// <summary>Readiness over gRPC, by service.</summary>
public static class GrpcReadiness
{
    /// <summary>
    /// Makes gRPC health answer for a service by its full name ("cnnviz.v1.RenderService"): SERVING while all checks that it needs
    /// are healthy or degraded.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="service">The service's full name.</param>
    /// <param name="without">Names of checks that it does not need.</param>
    public static WebApplicationBuilder AddGrpcReadiness(
        this WebApplicationBuilder builder, string service, params string[] without)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure<GrpcHealthChecksOptions>(options =>
            options.Services.Map(service, check => !without.Contains(check.Name, StringComparer.Ordinal)));
        return builder;
    }
}
