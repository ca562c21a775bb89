using CnnViz.Engine.Scheduling;
using CnnViz.ServiceDefaults.Errors;
using Grpc.Core;

namespace CnnViz.Inference.Rpcs;

/// <summary>A call's place in the scheduler.</summary>
internal static class Turns
{
    /// <summary>
    /// The deadline of what is computed: the call's, where it is for that call alone. What equal calls share has none: each of them
    /// leaves at its own, and the last one to leave stops it.
    /// </summary>
    public static DateTimeOffset? Deadline(bool alone, ServerCallContext context) =>
        !alone || context.Deadline == DateTime.MaxValue ? null : new DateTimeOffset(context.Deadline);

    /// <summary>Takes a place until the deadline; null for none.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED with a hint when to come back, where all places are taken.</exception>
    public static LaneTicket Enter(LaneScheduler scheduler, DateTimeOffset? deadline)
    {
        try
        {
            return scheduler.Enter(deadline);
        }
        catch (TicketLimitException exception)
        {
            throw RpcErrors.ResourceExhausted("QUEUE_FULL", exception.Message, exception.RetryAfter);
        }
    }

    /// <summary>What a unit dropped for its deadline means to the caller.</summary>
    public static RpcException Late() => new(new Status(StatusCode.DeadlineExceeded, "the call's deadline passed"));
}
