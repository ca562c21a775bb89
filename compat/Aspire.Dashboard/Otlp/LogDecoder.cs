using Aspire.Dashboard.Otlp.Proto;
using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Otlp;

/// <summary>Takes in log records.</summary>
internal sealed class LogDecoder(TelemetryStore store, TimeProvider time)
{
    private readonly OtlpText _text = new(store.Limits);

    public ExportLogsServiceResponse Export(ExportLogsServiceRequest request)
    {
        var entries = new List<LogEntry>();
        foreach (var group in request.ResourceLogs)
        {
            var resource = store.Resources.Intern(_text.Resource(group.Resource));
            foreach (var scopeLogs in group.ScopeLogs)
            {
                var scope = _text.Scope(scopeLogs.Scope);
                foreach (var record in scopeLogs.LogRecords)
                    entries.Add(Entry(record, resource, scope));
            }
        }

        store.Logs.Add(entries);
        return new ExportLogsServiceResponse();
    }

    private LogEntry Entry(LogRecord record, TelemetryResource resource, TelemetryScope scope)
    {
        var attributes = _text.Attributes(record.Attributes);
        var message = _text.Value(record.Body);
        var at = record.TimeUnixNano != 0 ? record.TimeUnixNano : record.ObservedTimeUnixNano;
        return new LogEntry
        {
            Resource = resource,
            Scope = scope,
            Time = at != 0 ? OtlpText.Time(at) : time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000,
            Severity = Severity(record.SeverityNumber),
            Message = message.Length > 0 ? message : _text.Cut(record.EventName),
            TraceId = OtlpText.Id(record.TraceId, 16),
            SpanId = OtlpText.Id(record.SpanId, 8),
            Attributes = attributes,
            Size = (4 * OtlpText.Overhead) + (2L * message.Length) + OtlpText.Size(attributes),
        };
    }

    /// <summary>OTLP has four numbers for each: 1 to 4 trace, … 21 to 24 fatal.</summary>
    private static LogSeverity Severity(int number)
        => number is >= 1 and <= 24 ? (LogSeverity)(((number - 1) / 4) + 1) : LogSeverity.Unspecified;
}
