using CnnViz.Inference.Requests;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CnnViz.Inference.Health;

/// <summary>Whether the folder of the models can be read.</summary>
internal sealed class ModelsHealthCheck(ModelRequests models) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = models.Entries().Count(entry => entry is { Installed: true, LoadError: null });
            return Task.FromResult(HealthCheckResult.Healthy($"{count} models"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy("the folder of the models cannot be read", exception));
        }
    }
}
