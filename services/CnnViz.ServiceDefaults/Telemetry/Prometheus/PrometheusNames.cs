using System.Text;

namespace CnnViz.ServiceDefaults.Telemetry.Prometheus;

/// <summary>
/// Names as Prometheus has them, by OpenTelemetry's rules ("Prometheus and OpenMetrics Compatibility"): what is no letter, digit or
/// underscore becomes one underscore, a unit is spelt out behind the name, and a counter ends in "_total".
/// </summary>
internal static class PrometheusNames
{
    /// <summary>A metric's name.</summary>
    /// <param name="name">The instrument's, for example "cnnviz.queue.wait".</param>
    /// <param name="unit">UCUM, for example "s"; null, "1" for a count and what stands in braces add nothing.</param>
    /// <param name="kind">How its values are read.</param>
    public static string Of(string name, string? unit, MetricKind kind)
    {
        var text = Clean(name, colons: true);
        if (Unit(unit, kind) is { Length: > 0 } suffix && !text.EndsWith("_" + suffix, StringComparison.Ordinal))
        {
            text += "_" + suffix;
        }

        return kind == MetricKind.Counter && !text.EndsWith("_total", StringComparison.Ordinal) ? text + "_total" : text;
    }

    /// <summary>A label's name. Those that begin with two underscores are Prometheus' own.</summary>
    public static string Label(string name)
    {
        var text = Clean(name, colons: false);
        return text.StartsWith("__", StringComparison.Ordinal) ? "key" + text : text;
    }

    private static string Unit(string? unit, MetricKind kind)
    {
        if (unit is null or "" || unit[0] == '{')
        {
            return "";
        }

        var per = unit.IndexOf('/', StringComparison.Ordinal);
        if (per > 0)
        {
            var denominator = unit[(per + 1)..] is "s" ? "second" : Clean(unit[(per + 1)..], colons: false);
            var numerator = Unit(unit[..per], MetricKind.Counter);
            return numerator.Length > 0 ? $"{numerator}_per_{denominator}" : $"per_{denominator}";
        }

        return unit switch
        {
            "1" => kind == MetricKind.Gauge ? "ratio" : "",
            "s" => "seconds",
            "ms" => "milliseconds",
            "us" => "microseconds",
            "ns" => "nanoseconds",
            "min" => "minutes",
            "h" => "hours",
            "d" => "days",
            "By" => "bytes",
            "KiBy" => "kibibytes",
            "MiBy" => "mebibytes",
            "%" => "percent",
            _ => Clean(unit, colons: false).Trim('_'),
        };
    }

    private static string Clean(string name, bool colons)
    {
        var text = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            var good = char.IsAsciiLetterOrDigit(c) || c == '_' || (colons && c == ':');
            if (good || text.Length == 0 || text[^1] != '_')
            {
                text.Append(good ? c : '_');
            }
        }

        return text.Length == 0 || char.IsAsciiDigit(text[0]) ? "_" + text : text.ToString();
    }
}
