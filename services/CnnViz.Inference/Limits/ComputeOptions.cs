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

    /// <summary>
    /// Most bytes that one pass may be estimated to take besides weights, at least 1 MiB; 0 (the default) = half of the memory that
    /// the process may have, or four fifths of a CUDA device's. A network that needs more is refused before anything is allocated.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long MemoryBytes { get; set; }

    /// <summary>The scheduler's form of it.</summary>
    public LaneSchedulerOptions Scheduler() =>
        new() { Lanes = Lanes, Tickets = ActiveCalls, RetryAfter = TimeSpan.FromMilliseconds(RetryAfterMs) };
}
