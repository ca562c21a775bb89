using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;

namespace CnnViz.Inference.Requests;

/// <summary>Checks how statistics are to be taken, before any weight is read.</summary>
internal static class StatisticsOptions
{
    private const int MaxBins = 1024;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming each field out of its range.</exception>
    public static void Check(WeightStatisticsOptions? options)
    {
        if (options is null)
        {
            return;
        }

        Fields.InRange("statistics.bins", options.Bins, 0, MaxBins);
        NotNegative("statistics.near_zero", options.HasNearZero, options.NearZero);
        NotNegative("statistics.dead_norm", options.HasDeadNorm, options.DeadNorm);
    }

    private static void NotNegative(string field, bool set, double value)
    {
        if (set && !(double.IsFinite(value) && value >= 0))
        {
            throw RpcErrors.InvalidArgument((field, FormattableString.Invariant($"must be a number of at least 0, not {value}")));
        }
    }
}
