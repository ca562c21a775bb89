using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Inference.Runs;

/// <summary>How a run ended.</summary>
/// <param name="State">Succeeded, failed or cancelled.</param>
/// <param name="Code">The status of its watchers' calls.</param>
/// <param name="Message">What went wrong, for people.</param>
internal sealed record RunEnd(RunState State, StatusCode Code = StatusCode.OK, string Message = "")
{
    public static RunEnd Succeeded { get; } = new(RunState.Succeeded);

    public static RunEnd Cancelled { get; } = new(RunState.Cancelled, StatusCode.Cancelled, "the run was cancelled");

    public static RunEnd Of(RpcException failure) => new(RunState.Failed, failure.StatusCode, failure.Status.Detail);

    /// <summary>The end that a run's description tells of; null while it runs.</summary>
    public static RunEnd? Of(MaximizationRun run) =>
        run.State == RunState.Running ? null : new RunEnd(run.State, (StatusCode)run.StatusCode, run.StatusMessage);

    /// <exception cref="RpcException">It did not end well.</exception>
    public void ThrowIfNotWell()
    {
        if (Code != StatusCode.OK)
        {
            throw new RpcException(new Status(Code, Message));
        }
    }
}
