using Aspire.Dashboard.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Dashboard.Api;

/// <summary>Structured logs.</summary>
internal static class LogsApi
{
    private const int MostAtOnce = 1_000;

    public static void MapLogsApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/logs", List);
        endpoints.MapGet("/api/logs/{id:long}", Get);
        endpoints.MapDelete("/api/telemetry", Clear);
    }

    private static IResult List(
        TelemetryStore store,
        string? resource = null,
        string? level = null,
        string? text = null,
        string? trace = null,
        string? span = null,
        long after = 0,
        long before = 0,
        int limit = 500)
    {
        if (!Enum.TryParse<LogSeverity>(level ?? nameof(LogSeverity.Unspecified), ignoreCase: true, out var severity))
            return Results.BadRequest($"'{level}' is not a level.");
        var (entries, total) = store.Logs.Find(new LogQuery
        {
            Resource = Blank(resource),
            Level = severity,
            Text = Blank(text),
            TraceId = Blank(trace),
            SpanId = Blank(span),
            After = after,
            Before = before,
            Limit = Math.Clamp(limit, 1, MostAtOnce),
        });
        var names = new TelemetryNames(store);
        return Results.Json(new
        {
            total,
            items = entries.Select(e => new
            {
                e.Id,
                time = Milliseconds.Of(e.Time),
                level = e.Severity.ToString(),
                resource = names.Of(e.Resource),
                scope = e.Scope.Name,
                message = FirstLine(e.Message),
                e.TraceId,
                e.SpanId,
                hasException = e.Attributes.Any(a => a.Key.StartsWith("exception.", StringComparison.Ordinal)),
            }),
        });
    }

    private static IResult Get(TelemetryStore store, long id)
    {
        if (store.Logs.Find(id) is not { } entry)
            return Results.NotFound();
        return Results.Json(new
        {
            entry.Id,
            time = Milliseconds.Of(entry.Time),
            level = entry.Severity.ToString(),
            resource = new TelemetryNames(store).Of(entry.Resource),
            scope = entry.Scope.Name,
            entry.Message,
            entry.TraceId,
            entry.SpanId,
            attributes = entry.Attributes,
            resourceAttributes = entry.Resource.Attributes,
        });
    }

    private static IResult Clear(TelemetryStore store, string kind)
    {
        switch (kind)
        {
            case "logs":
                store.Logs.Clear();
                break;
            case "traces":
                store.Traces.Clear();
                break;
            case "metrics":
                store.Metrics.Clear();
                break;
            default:
                return Results.BadRequest($"'{kind}' is not a kind of telemetry.");
        }

        return Results.NoContent();
    }

    /// <summary>A list shows one line of each; the details have all.</summary>
    private static string FirstLine(string message)
    {
        const int Longest = 400;
        var line = message.AsSpan().TrimStart();
        var end = line.IndexOfAny('\r', '\n');
        if (end >= 0)
            line = line[..end];
        return line.Length <= Longest ? line.ToString() : $"{line[..Longest]}…";
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

/// <summary>Times as JavaScript has them.</summary>
internal static class Milliseconds
{
    /// <param name="nanoseconds">Since 1970, or a length.</param>
    /// <returns>Milliseconds, exact to a microsecond.</returns>
    public static double Of(long nanoseconds) => nanoseconds / 1_000 / 1e3;
}
