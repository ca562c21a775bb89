using CnnViz.Engine;
using CnnViz.Engine.Maximization;
using CnnViz.Engine.Scheduling;
using CnnViz.Inference.Rpcs;
using CnnViz.ServiceDefaults.Errors;
using Grpc.Core;

namespace CnnViz.Inference.Runs;

/// <summary>What a run's exceptions mean to its callers.</summary>
internal static partial class RunFailures
{
    public static RpcException Translate(Exception exception, string runId, ILogger logger)
    {
        switch (exception)
        {
            case RpcException known:
                return known;
            case CompileException compile:
                return RpcErrors.InvalidArgument(("layer", compile.Message));
            case MaximizationException maximization:
                return RpcErrors.InvalidArgument(("settings", maximization.Message));
            case DeadlinePassedException:
                return Turns.Late();
            default:
                Log.Unexpected(logger, runId, exception);
                return RpcErrors.Internal(runId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Run {RunId} failed unexpectedly")]
        public static partial void Unexpected(ILogger logger, string runId, Exception exception);
    }
}
