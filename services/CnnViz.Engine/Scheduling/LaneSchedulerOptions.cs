namespace CnnViz.Engine.Scheduling;

/// <summary>How much runs at once and how much may wait; the defaults suit one process on one machine.</summary>
public sealed record LaneSchedulerOptions
{
    /// <summary>Most lanes.</summary>
    public const int MaxLanes = 1024;

    /// <summary>
    /// Units of one thread that run at the same time, 1..1024; 0 (the default) is the machine's physical cores.
    /// </summary>
    public int Lanes { get; init; }

    /// <summary>Most runs and requests under way at the same time, at least 1; default 256.</summary>
    public int Tickets { get; init; } = 256;

    /// <summary>When to come back after a refusal; above 0, default 2 seconds.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(2);
}
