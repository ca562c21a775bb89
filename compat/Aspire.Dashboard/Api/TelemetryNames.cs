using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Api;

/// <summary>How processes are called: by their service's name, or by their instance when the service has several.</summary>
internal sealed class TelemetryNames
{
    private readonly Dictionary<string, int> _instances;

    public TelemetryNames(TelemetryStore store)
        => _instances = store.Resources.All.GroupBy(r => r.Name).ToDictionary(g => g.Key, g => g.Count());

    public string Of(TelemetryResource resource)
        => _instances.GetValueOrDefault(resource.Name) > 1 ? resource.Key : resource.Name;
}
