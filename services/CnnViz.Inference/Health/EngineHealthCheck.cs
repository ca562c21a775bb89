using CnnViz.Inference.Requests;
using Grpc.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CnnViz.Inference.Health;

/// <summary>Whether some engine can compute here.</summary>
internal sealed class EngineHealthCheck(EngineProvider engines) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var engine = engines.Pick("");
            return Task.FromResult(HealthCheckResult.Healthy($"{engine.Name} on {engine.Device}"));
        }
        catch (RpcException exception)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy(exception.Status.Detail));
        }
    }
}
