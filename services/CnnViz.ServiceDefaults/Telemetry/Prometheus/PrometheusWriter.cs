using System.Globalization;
using System.Text;

namespace CnnViz.ServiceDefaults.Telemetry.Prometheus;

/// <summary>Writes metrics as Prometheus reads them: text exposition format 0.0.4.</summary>
internal sealed class PrometheusWriter
{
    /// <summary>Of what <see cref="Write"/> returns.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>Families by name. Of two with one name but different kinds the first stays: a name has one kind.</summary>
    public static string Write(IEnumerable<MetricFamily> families)
    {
        var writer = new PrometheusWriter();
        foreach (var sameName in families.GroupBy(family => family.Name).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var first = sameName.First();
            writer.Family(first, [.. sameName.Where(family => family.Kind == first.Kind)]);
        }

        return writer._text.ToString();
    }

    private void Family(MetricFamily about, IReadOnlyList<MetricFamily> families)
    {
        // A series is told once: where two instruments have the same, the first one's.
        var written = new HashSet<TagSet>();
        foreach (var family in families)
        {
            foreach (var series in family.Series)
            {
                if (!written.Add(series.Tags))
                {
                    continue;
                }

                if (written.Count == 1)
                {
                    Head(about);
                }

                if (family.Kind == MetricKind.Histogram)
                {
                    Histogram(about.Name, series, family.Bounds);
                }
                else
                {
                    Sample(about.Name, series.Tags, null, series.Value);
                }
            }
        }
    }

    private void Head(MetricFamily family)
    {
        if (family.Help.Length > 0)
        {
            _text.Append("# HELP ").Append(family.Name).Append(' ');
            Escape(family.Help, quotes: false);
            _text.Append('\n');
        }

        var kind = family.Kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Gauge => "gauge",
            _ => "histogram",
        };
        _text.Append("# TYPE ").Append(family.Name).Append(' ').Append(kind).Append('\n');
    }

    private void Histogram(string name, MetricSeries series, double[] bounds)
    {
        var (buckets, count, sum) = series.Histogram();
        long below = 0;
        for (var i = 0; i < buckets.Length; i++)
        {
            below += buckets[i];
            Sample(name + "_bucket", series.Tags, i < bounds.Length ? Number(bounds[i]) : "+Inf", below);
        }

        Sample(name + "_sum", series.Tags, null, sum);
        Sample(name + "_count", series.Tags, null, count);
    }

    private void Sample(string name, TagSet tags, string? bound, double value)
    {
        _text.Append(name);
        var separator = '{';
        HashSet<string>? names = null;
        foreach (var (key, text) in tags.Tags)
        {
            // Two attributes may become one label; a label comes once.
            var label = PrometheusNames.Label(key);
            if (!(names ??= ["le"]).Add(label))
            {
                continue;
            }

            _text.Append(separator).Append(label).Append("=\"");
            Escape(text, quotes: true);
            _text.Append('"');
            separator = ',';
        }

        if (bound is not null)
        {
            _text.Append(separator).Append("le=\"").Append(bound).Append('"');
            separator = ',';
        }

        _text.Append(separator == ',' ? "} " : " ").Append(Number(value)).Append('\n');
    }

    private void Escape(string text, bool quotes)
    {
        foreach (var c in text)
        {
            _ = c switch
            {
                '\\' => _text.Append(@"\\"),
                '\n' => _text.Append(@"\n"),
                '"' when quotes => _text.Append("\\\""),
                _ => _text.Append(c),
            };
        }
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
