namespace CnnViz.ServiceDefaults.Telemetry;

/// <summary>Whose spans and measurements are taken.</summary>
internal static class TelemetrySources
{
    /// <summary>What the names of the product's own sources and meters begin with.</summary>
    public const string Ours = "CnnViz.";

    /// <summary>Spans of requests and of the calls that they make.</summary>
    public static IReadOnlyList<string> Activities { get; } =
        [Ours + "*", "Microsoft.AspNetCore", "Grpc.Net.Client", "System.Net.Http"];

    /// <summary>The framework's measurements: the server, outgoing calls, the runtime.</summary>
    public static IReadOnlyList<string> Meters { get; } =
    [
        Ours + "*",
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
        "System.Net.Http",
        "System.Runtime",
    ];

    /// <summary>Whether a meter is among <see cref="Meters"/>.</summary>
    public static bool IsCollected(string meter) =>
        meter.StartsWith(Ours, StringComparison.Ordinal) || Meters.Contains(meter, StringComparer.Ordinal);
}
