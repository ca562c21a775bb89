using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard;

/// <summary>Where the dashboard listens and what it keeps.</summary>
internal sealed class DashboardOptions
{
    /// <summary>Addresses of the pages, such as http://127.0.0.1:15880; port 0 picks a free one.</summary>
    public required IReadOnlyList<Uri> FrontendUrls { get; init; }

    /// <summary>Address of OTLP over gRPC; port 0 picks a free one; null: not served.</summary>
    public Uri? OtlpGrpcUrl { get; init; }

    /// <summary>Address of OTLP over HTTP; port 0 picks a free one; null: not served.</summary>
    public Uri? OtlpHttpUrl { get; init; }

    /// <summary>What a person must know to get in; null: everyone who reaches the address gets in.</summary>
    public string? BrowserToken { get; init; }

    /// <summary>What a sender of telemetry must know, in the header x-otlp-api-key; null: nothing.</summary>
    public string? OtlpApiKey { get; init; }

    /// <summary>Bounds of what is kept.</summary>
    public TelemetryLimits Limits { get; init; } = new();

    /// <summary>Largest OTLP message, in bytes, after decompression. Default 16 MiB.</summary>
    public int MaxMessageBytes { get; init; } = 16 * 1024 * 1024;
}
