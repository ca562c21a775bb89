using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CnnViz.Cache.Shared;

/// <summary>
/// Degraded while Redis does not answer, never unhealthy: every request is served without it, from the process's own memory.
/// </summary>
internal sealed class RedisHealthCheck(RedisConnection connection, ResultCache cache) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(connection.IsLost || cache.Shared is { InUse: false }
            ? HealthCheckResult.Degraded("Redis does not answer; results and runs are kept in the process alone")
            : HealthCheckResult.Healthy());
}
