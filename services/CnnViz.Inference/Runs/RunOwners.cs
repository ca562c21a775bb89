using CnnViz.ServiceDefaults.Callers;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;

namespace CnnViz.Inference.Runs;

/// <summary>
/// Whose a run is. Who knows a run's id may look at it and watch it, as the services do that follow runs begun by others: an id
/// cannot be guessed. The list shows callers their own runs, and only they may end them; with "manage" one sees and ends all.
/// </summary>
internal static class RunOwners
{
    /// <summary>The owner of what a caller begins; empty for one that has not shown who it is.</summary>
    public static string Of(Caller caller) => caller.IsKnown ? caller.Name : "";

    /// <summary>Whose runs a caller sees in the list; null for everybody's.</summary>
    public static string? Filter(Caller caller) => caller.MayManage ? null : Of(caller);

    /// <exception cref="Grpc.Core.RpcException">PERMISSION_DENIED: the run is another caller's.</exception>
    public static void RequireEnding(MaximizationRun run, Caller caller)
    {
        if (!caller.MayManage && run.Caller != Of(caller))
        {
            throw RpcErrors.PermissionDenied(
                "RUN_OF_ANOTHER_CALLER",
                "the run is another caller's; to end it needs the permission manage",
                ("run_id", run.RunId),
                ("permission", "manage"));
        }
    }
}
