namespace CnnViz.ServiceDefaults.Drain;

/// <summary>How a service stops when it is asked to (SIGTERM, Ctrl-C): the settings' section "Drain".</summary>
public sealed class DrainOptions
{
    /// <summary>
    /// How long calls are still taken after readiness has dropped, so that load balancers hear of it first; 0 to 5 minutes; default
    /// none. Behind a balancer: as long as that takes to notice, 5 s for Kubernetes. A second signal ends it.
    /// </summary>
    public TimeSpan Pause { get; set; } = TimeSpan.Zero;

    /// <summary>
    /// How long, after that, calls under way may take to their end, 1 s to 10 minutes; default 15 s. What has not ended a second
    /// before is ended UNAVAILABLE, and with the time the process is gone.
    /// </summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>What is wrong with them; null for nothing.</summary>
    internal string? Refusal() =>
        Pause < TimeSpan.Zero || Pause > TimeSpan.FromMinutes(5) ? "Drain:Pause must be from 0 to 5 minutes"
        : Grace < TimeSpan.FromSeconds(1) || Grace > TimeSpan.FromMinutes(10) ? "Drain:Grace must be from 1 second to 10 minutes"
        : null;
}
