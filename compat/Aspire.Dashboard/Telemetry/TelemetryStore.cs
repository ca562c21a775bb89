namespace Aspire.Dashboard.Telemetry;

/// <summary>All telemetry kept.</summary>
internal sealed class TelemetryStore
{
    public TelemetryStore(TelemetryLimits limits)
    {
        limits.Validate();
        Limits = limits;
        Logs = new LogStore(limits, Changes);
        Traces = new TraceStore(limits, Changes);
        Metrics = new MetricStore(limits, Changes);
        Resources = new TelemetryResources(limits);
    }

    public TelemetryLimits Limits { get; }

    /// <summary>Raised when something came or was forgotten.</summary>
    public ChangeSignal Changes { get; } = new();

    public LogStore Logs { get; }

    public TraceStore Traces { get; }

    public MetricStore Metrics { get; }

    public TelemetryResources Resources { get; }
}

/// <summary>The processes that telemetry has come from.</summary>
internal sealed class TelemetryResources(TelemetryLimits limits)
{
    private static readonly TelemetryResource _others = new("(others)", string.Empty, []);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TelemetryResource> _known = [];

    public IReadOnlyList<TelemetryResource> All
    {
        get
        {
            lock (_lock)
                return [.. _known.Values];
        }
    }

    /// <summary>The resource as it is known; beyond the bound all others are one.</summary>
    public TelemetryResource Intern(TelemetryResource resource)
    {
        lock (_lock)
        {
            if (_known.TryGetValue(resource.Key, out var known))
                return known;
            if (_known.Count >= limits.MaxResourceCount)
                return _others;
            return _known[resource.Key] = resource;
        }
    }
}
