namespace Aspire.Dashboard.Telemetry;

/// <summary>A name and a value, as text.</summary>
internal readonly record struct TelemetryAttribute(string Key, string Value);

/// <summary>A process that sends telemetry.</summary>
/// <param name="Name">service.name.</param>
/// <param name="InstanceId">service.instance.id: for what the app host starts, the replica's id.</param>
/// <param name="Attributes">All that it says of itself.</param>
internal sealed record TelemetryResource(string Name, string InstanceId, IReadOnlyList<TelemetryAttribute> Attributes)
{
    /// <summary>Identifies it among all.</summary>
    public string Key => InstanceId.Length == 0 ? Name : InstanceId;
}

/// <summary>What in the process produced the telemetry: an activity source, a meter, a logger's category.</summary>
internal sealed record TelemetryScope(string Name, string Version);
