using System.Globalization;
using Grpc.Core;

namespace CnnViz.ServiceDefaults.Errors;

/// <summary>Where to go on with a run's events after the replica that sent them has stopped.</summary>
public static class ResumeTokens
{
    /// <summary>Trailer: the run to watch.</summary>
    public const string RunId = "cnnviz-run-id";

    /// <summary>Trailer: sequence of the first event that the caller lacks.</summary>
    public const string FromSequence = "cnnviz-from-sequence";

    /// <summary>
    /// UNAVAILABLE with an ErrorInfo and, in the trailers too, the run and the sequence to go on from with MaximizationService.Watch.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="next">Sequence of the first event that the caller lacks.</param>
    public static RpcException Stopping(string runId, ulong next)
    {
        var sequence = next.ToString(CultureInfo.InvariantCulture);
        var exception = RpcErrors.Unavailable(
            "STOPPING",
            $"this replica is shutting down; watch run {runId} from sequence {sequence}",
            ("run_id", runId),
            ("from_sequence", sequence));
        exception.Trailers.Add(RunId, runId);
        exception.Trailers.Add(FromSequence, sequence);
        return exception;
    }
}
