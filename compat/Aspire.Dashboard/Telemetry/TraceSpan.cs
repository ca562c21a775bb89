namespace Aspire.Dashboard.Telemetry;

/// <summary>Which side of a call a span is.</summary>
internal enum TraceSpanKind
{
    Unspecified = 0,
    Internal = 1,
    Server = 2,
    Client = 3,
    Producer = 4,
    Consumer = 5,
}

/// <summary>Whether a span went well.</summary>
internal enum TraceSpanStatus
{
    Unset = 0,
    Ok = 1,
    Error = 2,
}

/// <summary>Something that happened at one moment of a span.</summary>
internal sealed record TraceSpanEvent(long Time, string Name, IReadOnlyList<TelemetryAttribute> Attributes);

/// <summary>Another span that this one has to do with.</summary>
internal sealed record TraceSpanLink(string TraceId, string SpanId, IReadOnlyList<TelemetryAttribute> Attributes);

/// <summary>A piece of work of one process, part of a trace.</summary>
internal sealed class TraceSpan
{
    public required TelemetryResource Resource { get; init; }

    /// <summary>The activity source.</summary>
    public required TelemetryScope Scope { get; init; }

    /// <summary>32 hexadecimal digits.</summary>
    public required string TraceId { get; init; }

    /// <summary>16 hexadecimal digits.</summary>
    public required string SpanId { get; init; }

    /// <summary>16 hexadecimal digits, or empty for a root.</summary>
    public required string ParentSpanId { get; init; }

    public required string Name { get; init; }

    public required TraceSpanKind Kind { get; init; }

    /// <summary>ns since 1970.</summary>
    public required long Start { get; init; }

    /// <summary>ns since 1970; never before <see cref="Start"/>.</summary>
    public required long End { get; init; }

    public required TraceSpanStatus Status { get; init; }

    public required string StatusMessage { get; init; }

    public required string TraceState { get; init; }

    public required IReadOnlyList<TelemetryAttribute> Attributes { get; init; }

    public required IReadOnlyList<TraceSpanEvent> Events { get; init; }

    public required IReadOnlyList<TraceSpanLink> Links { get; init; }

    /// <summary>Estimated bytes.</summary>
    public long Size { get; init; }
}
