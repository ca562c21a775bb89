using Microsoft.Extensions.Diagnostics.HealthChecks;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Grpc.AspNetCore.HealthChecks.Internal;

/// <summary>Turns check results into a serving status.</summary>
internal static class ServingStatuses
{
    /// <summary>
    /// UNKNOWN without results, NOT_SERVING when a check is unhealthy, SERVING otherwise (degraded still serves).
    /// </summary>
    internal static ServingStatus Of(IEnumerable<HealthStatus> results)
    {
        var status = ServingStatus.Unknown;
        foreach (HealthStatus result in results)
        {
            if (result == HealthStatus.Unhealthy)
                return ServingStatus.NotServing;
            status = ServingStatus.Serving;
        }

        return status;
    }
}
