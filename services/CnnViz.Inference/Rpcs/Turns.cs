using CnnViz.Cache;
using CnnViz.Engine.Scheduling;
using CnnViz.ServiceDefaults.Errors;
using Grpc.Core;

namespace CnnViz.Inference.Rpcs;

/// <summary>By when a call's work is wanted.</summary>
/// <param name="Deadline">
/// The deadline of what is computed: the call's, where it is for that call alone. What equal calls share has none: each of them
/// leaves at its own, and the last one to leave stops it.
/// </param>
/// <param name="NeededBy">The call's deadline: work that cannot begin before it is not taken in at all. Null for never.</param>
internal readonly record struct Turn(DateTimeOffset? Deadline, DateTimeOffset? NeededBy)
{
    /// <summary>Of a call.</summary>
    /// <param name="alone">Whether the work is for it alone.</param>
    /// <param name="context">The call.</param>
    public static Turn Of(bool alone, ServerCallContext context)
    {
        DateTimeOffset? deadline = context.Deadline == DateTime.MaxValue ? null : new DateTimeOffset(context.Deadline);
        return new Turn(alone ? deadline : null, deadline);
    }
}

/// <summary>A call's place in the scheduler.</summary>
internal static class Turns
{
    /// <summary>Takes a place.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED with a hint when to come back, where all places are taken.</exception>
    /// <exception cref="CallerFailureException">
    /// The same where the work could not begin in time for this caller; others may have more time.
    /// </exception>
    public static LaneTicket Enter(LaneScheduler scheduler, Turn turn)
    {
        try
        {
            return scheduler.Enter(turn.Deadline, turn.NeededBy);
        }
        catch (TicketLimitException exception)
        {
            throw RpcErrors.ResourceExhausted("QUEUE_FULL", exception.Message, exception.RetryAfter);
        }
        catch (QueueTooLongException exception)
        {
            throw new CallerFailureException(
                RpcErrors.ResourceExhausted("DEADLINE_TOO_SHORT", exception.Message, exception.RetryAfter));
        }
    }

    /// <summary>What a unit dropped for its deadline means to the caller.</summary>
    public static RpcException Late() => new(new Status(StatusCode.DeadlineExceeded, "the call's deadline passed"));
}
