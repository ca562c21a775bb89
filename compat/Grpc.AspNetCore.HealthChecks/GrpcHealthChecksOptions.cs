namespace Grpc.AspNetCore.HealthChecks;

/// <summary>How the gRPC health service answers from the application's health checks.</summary>
public sealed class GrpcHealthChecksOptions
{
    /// <summary>Which health checks make up which service's health. Starts with all checks under the empty name.</summary>
    public ServiceMappingCollection Services { get; } = [];

    /// <summary>
    /// Whether calls are answered from the last published results instead of running the checks. Default false.
    /// </summary>
    public bool UseHealthChecksCache { get; set; }

    /// <summary>
    /// Whether Watch calls stay open while the application stops. Default false: they send NOT_SERVING and end, so that the
    /// server can drain.
    /// </summary>
    public bool SuppressCompletionOnShutdown { get; set; }
}
