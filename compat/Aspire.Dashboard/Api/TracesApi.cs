using Aspire.Dashboard.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Dashboard.Api;

/// <summary>Traces and their spans.</summary>
internal static class TracesApi
{
    private const int MostAtOnce = 1_000;

    public static void MapTracesApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/traces", List);
        endpoints.MapGet("/api/traces/{id}", Get);
    }

    private static IResult List(
        TelemetryStore store, string? resource = null, string? text = null, bool errors = false, double min = 0, int limit = 200)
    {
        var (traces, total) = store.Traces.Find(new TraceQuery
        {
            Resource = string.IsNullOrWhiteSpace(resource) ? null : resource,
            Text = string.IsNullOrWhiteSpace(text) ? null : text.Trim(),
            ErrorsOnly = errors,
            MinDuration = (long)(Math.Clamp(min, 0, 1e9) * 1e6),
            Limit = Math.Clamp(limit, 1, MostAtOnce),
        });
        var names = new TelemetryNames(store);
        return Results.Json(new
        {
            total,
            longest = traces.Count == 0 ? 0 : Milliseconds.Of(traces.Max(t => t.Duration)),
            items = traces.Select(t => new
            {
                t.Id,
                t.Name,
                resource = names.Of(t.Resource),
                start = Milliseconds.Of(t.Start),
                duration = Milliseconds.Of(t.Duration),
                spans = t.SpanCount,
                t.HasError,
                resources = t.Resources.Select(r => new { name = names.Of(r.Resource), spans = r.Spans, errors = r.Errors }),
            }),
        });
    }

    private static IResult Get(TelemetryStore store, string id)
    {
        if (store.Traces.Find(id) is not { } trace)
            return Results.NotFound();
        var names = new TelemetryNames(store);
        var start = trace.Spans.Min(s => s.Start);
        var (_, logs) = store.Logs.Find(new LogQuery { TraceId = id, Limit = 1 });
        return Results.Json(new
        {
            id,
            start = Milliseconds.Of(start),
            duration = Milliseconds.Of(trace.Spans.Max(s => s.End) - start),
            trace.Dropped,
            logs,
            spans = trace.Spans.Select(s => new
            {
                id = s.SpanId,
                parent = s.ParentSpanId,
                s.Name,
                kind = s.Kind.ToString(),
                resource = names.Of(s.Resource),
                scope = s.Scope.Name,
                start = Milliseconds.Of(s.Start - start),
                duration = Milliseconds.Of(s.End - s.Start),
                status = s.Status.ToString(),
                s.StatusMessage,
                s.TraceState,
                s.Attributes,
                events = s.Events.Select(e => new { time = Milliseconds.Of(e.Time - start), e.Name, e.Attributes }),
                s.Links,
                resourceAttributes = s.Resource.Attributes,
            }),
        });
    }
}
