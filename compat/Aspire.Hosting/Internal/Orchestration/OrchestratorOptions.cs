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

    /// <summary>
    /// Time before a crashed process is first started again; doubles with each crash up to <see cref="LongestRestartPause"/>.
    /// </summary>
    public TimeSpan FirstRestartPause { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest time before a crashed process is started again.</summary>
    public TimeSpan LongestRestartPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A process that ran this long starts again with the first pause.</summary>
    public TimeSpan RestartsForgotten { get; set; } = TimeSpan.FromMinutes(1);
}
