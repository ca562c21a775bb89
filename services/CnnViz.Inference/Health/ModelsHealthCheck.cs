using CnnViz.Models;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CnnViz.Inference.Health;

/// <summary>
/// Whether the folder of the models can be read. One that is not there is no failure: networks that are defined in code or in
/// requests need none, and the first upload makes it.
/// </summary>
internal sealed class ModelsHealthCheck(ModelCatalog catalog) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        if (!Path.Exists(catalog.Root))
        {
            return HealthCheckResult.Degraded("there is no folder of models (CNNVIZ_MODELS)");
        }

        try
        {
            _ = Directory.EnumerateFileSystemEntries(catalog.Root).Any();
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return HealthCheckResult.Unhealthy("the folder of the models (CNNVIZ_MODELS) cannot be read");
        }
    }
}
