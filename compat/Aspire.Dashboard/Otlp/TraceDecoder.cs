using Aspire.Dashboard.Otlp.Proto;
using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Otlp;

/// <summary>Takes in spans.</summary>
internal sealed class TraceDecoder(TelemetryStore store)
{
    private readonly OtlpText _text = new(store.Limits);

    public ExportTraceServiceResponse Export(ExportTraceServiceRequest request)
    {
        var spans = new List<TraceSpan>();
        var rejected = 0;
        foreach (var group in request.ResourceSpans)
        {
            var resource = store.Resources.Intern(_text.Resource(group.Resource));
            foreach (var scopeSpans in group.ScopeSpans)
            {
                var scope = _text.Scope(scopeSpans.Scope);
                foreach (var span in scopeSpans.Spans)
                {
                    if (TrySpan(span, resource, scope) is { } read)
                        spans.Add(read);
                    else
                        rejected++;
                }
            }
        }

        rejected += store.Traces.Add(spans);
        var response = new ExportTraceServiceResponse();
        if (rejected > 0)
        {
            response.PartialSuccess = new ExportTracePartialSuccess
            {
                RejectedSpans = rejected,
                ErrorMessage = "Spans without a trace id of 16 bytes and a span id of 8, "
                    + $"or beyond {store.Limits.MaxSpansPerTrace} of one trace.",
            };
        }

        return response;
    }

    private TraceSpan? TrySpan(Span span, TelemetryResource resource, TelemetryScope scope)
    {
        var traceId = OtlpText.Id(span.TraceId, 16);
        var spanId = OtlpText.Id(span.SpanId, 8);
        if (traceId.Length == 0 || spanId.Length == 0)
            return null;
        var attributes = _text.Attributes(span.Attributes);
        TraceSpanEvent[] events = [.. span.Events.Take(store.Limits.MaxSpanEventCount)
            .Select(e => new TraceSpanEvent(OtlpText.Time(e.TimeUnixNano), _text.Cut(e.Name), _text.Attributes(e.Attributes)))];
        TraceSpanLink[] links = [.. span.Links.Take(store.Limits.MaxSpanEventCount)
            .Select(
                l => new TraceSpanLink(OtlpText.Id(l.TraceId, 16), OtlpText.Id(l.SpanId, 8), _text.Attributes(l.Attributes)))];
        var start = OtlpText.Time(span.StartTimeUnixNano);
        var name = _text.Cut(span.Name);
        return new TraceSpan
        {
            Resource = resource,
            Scope = scope,
            TraceId = traceId,
            SpanId = spanId,
            ParentSpanId = OtlpText.Id(span.ParentSpanId, 8),
            Name = name,
            Kind = Enum.IsDefined((TraceSpanKind)span.Kind) ? (TraceSpanKind)span.Kind : TraceSpanKind.Unspecified,
            Start = start,
            End = Math.Max(start, OtlpText.Time(span.EndTimeUnixNano)),
            Status = (TraceSpanStatus)(span.Status?.Code ?? Status.Types.StatusCode.Unset),
            StatusMessage = _text.Cut(span.Status?.Message ?? string.Empty),
            TraceState = _text.Cut(span.TraceState),
            Attributes = attributes,
            Events = events,
            Links = links,
            Size = (8 * OtlpText.Overhead) + (2L * name.Length) + OtlpText.Size(attributes)
                + events.Sum(e => OtlpText.Overhead + (2L * e.Name.Length) + OtlpText.Size(e.Attributes))
                + links.Sum(l => (2 * OtlpText.Overhead) + OtlpText.Size(l.Attributes)),
        };
    }
}
