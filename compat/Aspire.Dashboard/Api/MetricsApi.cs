using Aspire.Dashboard.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Dashboard.Api;

/// <summary>Instruments and the lines of their charts.</summary>
internal static class MetricsApi
{
    private const int Steps = 120;
    private const int MostMinutes = 12 * 60;
    private const int MostLines = 6;

    /// <summary>Of one attribute, to choose from.</summary>
    private const int MostValues = 100;

    private static readonly (string Label, double Share)[] _percentiles = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)];

    public static void MapMetricsApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/metrics", List);
        endpoints.MapGet("/api/metrics/series", Series);
    }

    private static IResult List(TelemetryStore store)
    {
        var names = new TelemetryNames(store);
        return Results.Json(store.Metrics.List().Select(r => new
        {
            key = r.Resource.Key,
            name = names.Of(r.Resource),
            meters = r.Instruments.GroupBy(i => i.Info.Meter).OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => new
            {
                name = m.Key,
                instruments = m.OrderBy(i => i.Info.Name, StringComparer.Ordinal).Select(i => new
                {
                    i.Info.Name,
                    i.Info.Unit,
                    i.Info.Description,
                    kind = i.Info.Kind.ToString(),
                    i.Dimensions,
                }),
            }),
        }));
    }

    /// <param name="store">The points.</param>
    /// <param name="time">Where the chart ends.</param>
    /// <param name="resource">Key of the resource.</param>
    /// <param name="meter">Name of the meter.</param>
    /// <param name="instrument">Name of the instrument.</param>
    /// <param name="minutes">Length of the chart, 1 to 720.</param>
    /// <param name="filter">"attribute=value": only sets with one of the values given for each attribute.</param>
    /// <param name="by">An attribute: a line for each of its values.</param>
    private static IResult Series(
        TelemetryStore store,
        TimeProvider time,
        string resource,
        string meter,
        string instrument,
        int minutes = 5,
        string[]? filter = null,
        string? by = null)
    {
        var step = Math.Max(1, Math.Clamp(minutes, 1, MostMinutes) * 60 / Steps) * 1_000_000_000L;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
        // Whole steps, so that a chart moves by steps and does not flicker.
        var count = (int)(Math.Clamp(minutes, 1, MostMinutes) * 60_000_000_000L / step);
        var series = new MetricSeries(((now / step) + 1) * step, step, count);
        if (store.Metrics.Find(resource, meter, instrument, series.Start) is not { } found)
            return Results.NotFound();
        DimensionPoints[] chosen = [.. found.Dimensions.Where(d => IsChosen(d, filter ?? []))];
        return Results.Json(new
        {
            found.Info.Name,
            found.Info.Unit,
            found.Info.Description,
            kind = found.Info.Kind.ToString(),
            times = series.Times.Select(Milliseconds.Of),
            lines = Lines(found.Info.Kind, series, chosen, by).Select(l => new
            {
                l.Label,
                values = l.Values.Select(v => double.IsFinite(v) ? v : (double?)null),
            }),
            dimensions = found.Dimensions.Count,
            chosen = chosen.Length,
            attributes = found.Dimensions.SelectMany(d => d.Attributes).GroupBy(a => a.Key)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => new
                {
                    name = g.Key,
                    values = g.Select(a => a.Value).Distinct().Order(StringComparer.Ordinal).Take(MostValues),
                }),
        });
    }

    private static IEnumerable<MetricLine> Lines(
        InstrumentKind kind, MetricSeries series, DimensionPoints[] dimensions, string? by)
    {
        if (kind == InstrumentKind.Histogram)
        {
            var values = series.Percentiles(dimensions, [.. _percentiles.Select(p => p.Share)]);
            return _percentiles.Zip(values, (p, v) => new MetricLine(p.Label, v));
        }

        var groups = string.IsNullOrEmpty(by)
            ? [("all", dimensions)]
            : dimensions.GroupBy(d => ValueOf(d, by)).Select(g => (g.Key, g.ToArray()));
        return groups
            .Select(g => new MetricLine(g.Item1, kind == InstrumentKind.Counter ? series.Rate(g.Item2) : series.Gauge(g.Item2)))
            .OrderByDescending(l => l.Values.LastOrDefault(double.IsFinite))
            .Take(MostLines);
    }

    private static bool IsChosen(DimensionPoints dimension, string[] filters)
        => filters.Select(f => f.Split('=', 2)).Where(f => f.Length == 2).GroupBy(f => f[0])
            .All(g => g.Any(f => ValueOf(dimension, g.Key) == f[1]));

    private static string ValueOf(DimensionPoints dimension, string attribute)
        => dimension.Attributes.FirstOrDefault(a => a.Key == attribute).Value ?? "(none)";
}
