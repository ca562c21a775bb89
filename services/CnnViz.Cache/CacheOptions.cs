using System.ComponentModel.DataAnnotations;

namespace CnnViz.Cache;

/// <summary>How much is kept, where and for how long; section "Cache" of the configuration.</summary>
public sealed class CacheOptions
{
    /// <summary>Bytes of results kept in the process; default 256 MiB; 0 = none. The least recently used go first.</summary>
    [Range(0, long.MaxValue)]
    public long MemoryBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// Largest result in bytes that is kept or shared; default 64 MiB. A larger one goes to its caller as it is computed and is
    /// forgotten.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int LargestResultBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How long Redis keeps a result; default one day.</summary>
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Most time in milliseconds that Redis may cost one request to one service; default 45, so that a picture, for which two
    /// services ask Redis, loses less than 100.
    /// </summary>
    [Range(1, 60_000)]
    public int BudgetMilliseconds { get; set; } = 45;

    /// <summary>Failures of Redis in a row after which it is left alone for a while; default 2.</summary>
    [Range(1, 1000)]
    public int FailuresUntilOpen { get; set; } = 2;

    /// <summary>How long Redis is left alone before it is tried again, beside the requests; default 5 s.</summary>
    public TimeSpan OpenTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a replica's claim to compute a result holds without being renewed; default 5 s. When a replica dies, another
    /// computes the result after this time.
    /// </summary>
    public TimeSpan ClaimTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a replica looks for a result that another one computes; default 100 ms.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(100);
}
