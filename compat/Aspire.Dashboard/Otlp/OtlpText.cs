using System.Globalization;
using Aspire.Dashboard.Otlp.Proto;
using Aspire.Dashboard.Telemetry;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace Aspire.Dashboard.Otlp;

/// <summary>Turns OTLP's values into bounded text.</summary>
internal sealed class OtlpText(TelemetryLimits limits)
{
    /// <summary>Estimated bytes that an object takes besides its text.</summary>
    public const long Overhead = 64;

    private const string Ellipsis = "…";

    /// <summary>At most the bound's number of attributes, each cut at the bound's length; the last of a name counts.</summary>
    public IReadOnlyList<TelemetryAttribute> Attributes(RepeatedField<KeyValue> attributes)
    {
        if (attributes.Count == 0)
            return [];
        var result = new List<TelemetryAttribute>(Math.Min(attributes.Count, limits.MaxAttributeCount));
        foreach (var attribute in attributes.Take(limits.MaxAttributeCount))
        {
            if (attribute.Key.Length > 0)
                result.Add(new TelemetryAttribute(Cut(attribute.Key), Value(attribute.Value)));
        }

        return result;
    }

    public string Value(AnyValue? value) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => Cut(value.StringValue),
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue.ToString("R", CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.BytesValue => Cut(Convert.ToHexStringLower(
            value.BytesValue.Span[..Math.Min(value.BytesValue.Length, (limits.MaxAttributeLength / 2) + 1)])),
        AnyValue.ValueOneofCase.ArrayValue => Cut($"[{Join(value.ArrayValue.Values, Value)}]"),
        AnyValue.ValueOneofCase.KvlistValue => Cut($"{{{Join(value.KvlistValue.Values, v => $"{v.Key}: {Value(v.Value)}")}}}"),
        _ => string.Empty,
    };

    public string Cut(string text)
        => text.Length <= limits.MaxAttributeLength ? text : text[..limits.MaxAttributeLength] + Ellipsis;

    public TelemetryScope Scope(InstrumentationScope? scope)
        => scope is null ? new TelemetryScope(string.Empty, string.Empty)
            : new TelemetryScope(Cut(scope.Name), Cut(scope.Version));

    /// <summary>The process that sends; one that does not say its name is "unknown".</summary>
    public TelemetryResource Resource(Resource? resource)
    {
        var attributes = Attributes(resource?.Attributes ?? []);
        return new TelemetryResource(
            Find(attributes, "service.name", "unknown"), Find(attributes, "service.instance.id", string.Empty), attributes);
    }

    /// <summary>Hexadecimal digits; empty unless there are as many bytes as such an id has.</summary>
    public static string Id(ByteString id, int bytes)
        => id.Length == bytes && id.Span.ContainsAnyExcept((byte)0) ? Convert.ToHexStringLower(id.Span) : string.Empty;

    /// <summary>ns since 1970, within what 64 bits with a sign hold.</summary>
    public static long Time(ulong nanoseconds) => (long)Math.Min(nanoseconds, long.MaxValue);

    /// <summary>Estimated bytes of attributes.</summary>
    public static long Size(IReadOnlyList<TelemetryAttribute> attributes)
        => attributes.Sum(a => Overhead + (2L * (a.Key.Length + a.Value.Length)));

    private string Join<T>(RepeatedField<T> values, Func<T, string> text)
        => string.Join(", ", values.Take(limits.MaxAttributeCount).Select(text));

    private static string Find(IReadOnlyList<TelemetryAttribute> attributes, string key, string otherwise)
        => attributes.LastOrDefault(a => a.Key == key) is { Value.Length: > 0 } found ? found.Value : otherwise;
}
