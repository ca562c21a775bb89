namespace CnnViz.Engine.Scheduling;

/// <summary>A ticket's deadline passed before a unit of its work began.</summary>
/// <param name="deadline">When it was.</param>
public sealed class DeadlinePassedException(DateTimeOffset deadline)
    : OperationCanceledException($"the deadline, {deadline:O}, has passed")
{
    public DateTimeOffset Deadline { get; } = deadline;
}
