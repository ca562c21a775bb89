using Grpc.HealthCheck;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.HealthChecks.Internal;

/// <summary>Carries each round of health checks over to the gRPC health service, for Watch calls and the cache.</summary>
internal sealed class GrpcHealthChecksPublisher(
    HealthServiceImpl health, IOptions<GrpcHealthChecksOptions> options) : IHealthCheckPublisher
{
    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        foreach (ServiceMapping mapping in options.Value.Services)
        {
            health.SetStatus(mapping.Name, ServingStatuses.Of(
                report.Entries.Where(entry => mapping.Includes(entry.Key, entry.Value.Tags))
                    .Select(entry => entry.Value.Status)));
        }

        return Task.CompletedTask;
    }
}
