using CnnViz.Engine;
using CnnViz.ServiceDefaults.Errors;

namespace CnnViz.Inference.Requests;

/// <summary>A request's precision.</summary>
internal static class Precisions
{
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for another word.</exception>
    public static PrecisionMode Read(string precision) => precision switch
    {
        "" or "exact" => PrecisionMode.Exact,
        "fast" => PrecisionMode.Fast,
        _ => throw RpcErrors.InvalidArgument(("precision", $"must be exact or fast, not {Fields.Quote(precision)}")),
    };
}
