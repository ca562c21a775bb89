namespace Aspire.Dashboard.Telemetry;

/// <summary>How grave a log record is.</summary>
internal enum LogSeverity
{
    Unspecified = 0,
    Trace = 1,
    Debug = 2,
    Information = 3,
    Warning = 4,
    Error = 5,
    Critical = 6,
}

/// <summary>A structured log record.</summary>
internal sealed class LogEntry
{
    /// <summary>Ascending, from 1; given by the store.</summary>
    public long Id { get; set; }

    public required TelemetryResource Resource { get; init; }

    /// <summary>The logger's category.</summary>
    public required TelemetryScope Scope { get; init; }

    /// <summary>ns since 1970.</summary>
    public required long Time { get; init; }

    public required LogSeverity Severity { get; init; }

    public required string Message { get; init; }

    /// <summary>32 hexadecimal digits, or empty.</summary>
    public required string TraceId { get; init; }

    /// <summary>16 hexadecimal digits, or empty.</summary>
    public required string SpanId { get; init; }

    public required IReadOnlyList<TelemetryAttribute> Attributes { get; init; }

    /// <summary>Estimated bytes.</summary>
    public long Size { get; init; }
}
