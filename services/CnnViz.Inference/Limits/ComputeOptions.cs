using System.ComponentModel.DataAnnotations;
using CnnViz.Engine.Scheduling;

namespace CnnViz.Inference.Limits;

/// <summary>How much is computed at once, and how much may be under way: the settings' section "Compute".</summary>
internal sealed class ComputeOptions
{
    /// <summary>Single-threaded passes at the same time, 1 to 1024; 0 (the default) = the machine's physical cores.</summary>
    [Range(0, LaneSchedulerOptions.MaxLanes)]
    public int Lanes { get; set; }

    /// <summary>
    /// Calls that compute or wait for a turn at the same time, 1 to 100000; default 256. More are refused with
    /// RESOURCE_EXHAUSTED.
    /// </summary>
    [Range(1, 100_000)]
    public int ActiveCalls { get; set; } = 256;

    /// <summary>When a refused call is told to come back, in milliseconds, 1 to 3600000; default 2000.</summary>
    [Range(1, 3_600_000)]
    public int RetryAfterMs { get; set; } = 2000;

    /// <summary>The scheduler's form of it.</summary>
    public LaneSchedulerOptions Scheduler() =>
        new() { Lanes = Lanes, Tickets = ActiveCalls, RetryAfter = TimeSpan.FromMilliseconds(RetryAfterMs) };
}
