using CnnViz.Engine.Scheduling;
using CnnViz.ServiceDefaults.Errors;
using Grpc.Core;

namespace CnnViz.Inference.Rpcs;

/// <summary>A call's place in the scheduler.</summary>
internal static class Turns
{
    /// <summary>Takes a place until the call's deadline.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED with a hint when to come back, where all places are taken.</exception>
    public static LaneTicket Enter(LaneScheduler scheduler, ServerCallContext context)
    {
        try
        {
            return scheduler.Enter(context.Deadline == DateTime.MaxValue ? null : new DateTimeOffset(context.Deadline));
        }
        catch (TicketLimitException exception)
        {
            throw RpcErrors.ResourceExhausted("QUEUE_FULL", exception.Message, exception.RetryAfter);
        }
    }

    /// <summary>What a unit dropped for its deadline means to the caller.</summary>
    public static RpcException Late() => new(new Status(StatusCode.DeadlineExceeded, "the call's deadline passed"));
}
