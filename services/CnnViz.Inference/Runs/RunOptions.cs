using System.ComponentModel.DataAnnotations;

namespace CnnViz.Inference.Runs;

/// <summary>How runs are kept and handed over: the settings' section "Runs".</summary>
internal sealed class RunOptions
{
    /// <summary>Steps of a group from one checkpoint in Redis to the next, 1 to 4096; default 16.</summary>
    [Range(1, 4096)]
    public int CheckpointSteps { get; set; } = 16;

    /// <summary>
    /// Least time from one checkpoint of a group to the next, however short its steps are; default 1 s. It bounds what is computed
    /// again after a replica has died.
    /// </summary>
    public TimeSpan CheckpointPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a run whose replica has gone waits for one that can go on with it, when those that are left lack its engine or its
    /// weights; default one minute. After that it fails with what they lack.
    /// </summary>
    public TimeSpan OrphanTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a replica's hold on a run lasts without being renewed; default 3 s.</summary>
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often holds are renewed, and orphaned runs looked for; default 0.5 s.</summary>
    public TimeSpan RenewInterval { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>How long Redis keeps a run that has ended; default one hour.</summary>
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Takeovers after which a run is given up, since it may be what kills the replicas; default 5.</summary>
    [Range(0, 1000)]
    public int Takeovers { get; set; } = 5;

    /// <summary>Runs kept in the process after their end; default 128. The oldest go first.</summary>
    [Range(0, 100_000)]
    public int EndedRuns { get; set; } = 128;

    /// <summary>Bytes of events kept in the process of runs that have ended, all together; default 256 MiB.</summary>
    [Range(0, long.MaxValue)]
    public long EndedBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Bytes of events kept in the process of one run; default 128 MiB. Of a larger one the oldest events go.</summary>
    [Range(1, long.MaxValue)]
    public long RunBytes { get; set; } = 128L * 1024 * 1024;

    /// <summary>Most time in milliseconds that Redis may cost the start of a run; default 90.</summary>
    [Range(1, 60_000)]
    public int BudgetMilliseconds { get; set; } = 90;
}
