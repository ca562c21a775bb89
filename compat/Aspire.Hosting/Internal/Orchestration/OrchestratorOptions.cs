namespace Aspire.Hosting.Internal.Orchestration;

internal sealed class OrchestratorOptions
{
    /// <summary>How long a process may take to end after SIGTERM before it is killed.</summary>
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between health probes before the first success; doubles up to <see cref="SlowestFirstProbe"/>.</summary>
    public TimeSpan FirstProbe { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest time between health probes before the first success.</summary>
    public TimeSpan SlowestFirstProbe { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Time between health probes of a healthy resource.</summary>
    public TimeSpan HealthyProbe { get; set; } = TimeSpan.FromSeconds(5);
}
