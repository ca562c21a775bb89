using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Internal.Health;

/// <summary>Healthy when the replica asked about, or every one that runs, answers a page with the expected status.</summary>
internal sealed class HttpEndpointHealthCheck(
    ProbeClient client, EndpointReference endpoint, string path, int statusCode) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var replicas = endpoint.EndpointAnnotation.Replicas;
        if (replicas.Count == 0)
            return HealthCheckResult.Unhealthy("The endpoint is not allocated yet.");
        foreach (var replica in ProbedReplica.Index is { } index ? [replicas[index]] : replicas.Where(r => !r.IsClosed))
        {
            var page = new Uri(new Uri(replica.UriString), path);
            try
            {
                using var response = await client.Http.GetAsync(page, cancellationToken).ConfigureAwait(false);
                if ((int)response.StatusCode != statusCode)
                    return HealthCheckResult.Unhealthy($"{page} answered {(int)response.StatusCode}, expected {statusCode}.");
            }
            catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                return HealthCheckResult.Unhealthy($"{page} does not answer.", e);
            }
        }

        return HealthCheckResult.Healthy();
    }
}
