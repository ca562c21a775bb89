using System.ComponentModel.DataAnnotations;

namespace CnnViz.ServiceDefaults.Limits;

/// <summary>
/// How much one caller may have under way: the settings' section "Limits". A caller is a key, a token's subject or a client
/// certificate, else the peer's address. What is beyond is refused with RESOURCE_EXHAUSTED and a hint when to come back.
/// </summary>
public sealed class LimitOptions
{
    /// <summary>Computing calls and runs of one caller at the same time, 0 to 100000; default 64; 0 = no limit.</summary>
    [Range(0, 100_000)]
    public int Computing { get; set; } = 64;

    /// <summary>Watch streams of one caller at the same time, 0 to 100000; default 512; 0 = no limit.</summary>
    [Range(0, 100_000)]
    public int Watching { get; set; } = 512;

    /// <summary>Calls that one caller may begin each second, lastingly, 0 to 100000; default 50; 0 = no limit.</summary>
    [Range(0, 100_000)]
    public double CallsPerSecond { get; set; } = 50;

    /// <summary>Calls that one caller may begin at once after a pause, 1 to 1000000; default 200.</summary>
    [Range(1, 1_000_000)]
    public int Burst { get; set; } = 200;

    /// <summary>When a caller with too much under way is told to come back, in milliseconds, 1 to 3600000; default 1000.</summary>
    [Range(1, 3_600_000)]
    public int RetryAfterMs { get; set; } = 1000;

    /// <summary>Names of callers that these limits are not for, such as the render service, which limits its own callers.</summary>
    public IList<string> Exempt { get; } = [];

    /// <summary>
    /// Whether the limits are also for callers of this machine that have not shown who they are; default false, as suits a laptop.
    /// </summary>
    public bool Loopback { get; set; }

    /// <summary>
    /// Largest message accepted, in bytes, before and after inflating, 1024 to 1 GiB; default 17 MiB: a picture of 16 MiB and its
    /// request. Section "Limits" too, read as the service starts.
    /// </summary>
    [Range(1024, 1 << 30)]
    public int MessageBytes { get; set; } = 17 * 1024 * 1024;
}
