using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CnnViz.ServiceDefaults.Drain;

/// <summary>Readiness: gone as soon as the service is on its way out. The process is alive until it is not.</summary>
internal sealed class DrainHealthCheck(DrainState drain) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(drain.IsDraining ? HealthCheckResult.Unhealthy("shutting down") : HealthCheckResult.Healthy());
}
