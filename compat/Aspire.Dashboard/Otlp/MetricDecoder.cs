using Aspire.Dashboard.Otlp.Proto;
using Aspire.Dashboard.Telemetry;
using Google.Protobuf.Collections;

namespace Aspire.Dashboard.Otlp;

/// <summary>Takes in metrics.</summary>
internal sealed class MetricDecoder(TelemetryStore store)
{
    private readonly OtlpText _text = new(store.Limits);

    public ExportMetricsServiceResponse Export(ExportMetricsServiceRequest request)
    {
        var reports = new List<MetricReport>();
        var rejected = 0;
        foreach (var group in request.ResourceMetrics)
        {
            var resource = store.Resources.Intern(_text.Resource(group.Resource));
            foreach (var scopeMetrics in group.ScopeMetrics)
            {
                var meter = _text.Scope(scopeMetrics.Scope).Name;
                foreach (var metric in scopeMetrics.Metrics)
                    rejected += Read(metric, resource, meter, reports);
            }
        }

        rejected += store.Metrics.Add(reports);
        var response = new ExportMetricsServiceResponse();
        if (rejected > 0)
        {
            response.PartialSuccess = new ExportMetricsPartialSuccess
            {
                RejectedDataPoints = rejected,
                ErrorMessage =
                    "Summaries, malformed histograms, instruments that changed their kind, and whatever is beyond a limit.",
            };
        }

        return response;
    }

    /// <returns>How many points cannot be read.</returns>
    private int Read(Metric metric, TelemetryResource resource, string meter, List<MetricReport> reports)
    {
        var rejected = 0;
        switch (metric.DataCase)
        {
            case Metric.DataOneofCase.Gauge:
                Numbers(metric.Gauge.DataPoints, InstrumentKind.Gauge, isDelta: false);
                break;
            case Metric.DataOneofCase.Sum:
                Numbers(
                    metric.Sum.DataPoints, metric.Sum.IsMonotonic ? InstrumentKind.Counter : InstrumentKind.Gauge,
                    metric.Sum.AggregationTemporality == AggregationTemporality.Delta);
                break;
            case Metric.DataOneofCase.Histogram:
                foreach (var point in metric.Histogram.DataPoints)
                {
                    Histogram(
                        point.Attributes, point.TimeUnixNano, point.Sum, ExplicitBuckets(point),
                        metric.Histogram.AggregationTemporality);
                }

                break;
            case Metric.DataOneofCase.ExponentialHistogram:
                foreach (var point in metric.ExponentialHistogram.DataPoints)
                {
                    Histogram(
                        point.Attributes, point.TimeUnixNano, point.Sum, ExponentialBuckets.Read(point),
                        metric.ExponentialHistogram.AggregationTemporality);
                }

                break;
            case Metric.DataOneofCase.Summary:
                rejected += metric.Summary.DataPoints.Count;
                break;
            default:
                break;
        }

        return rejected;

        void Numbers(RepeatedField<NumberDataPoint> points, InstrumentKind kind, bool isDelta)
        {
            foreach (var point in points)
            {
                var value = point.ValueCase == NumberDataPoint.ValueOneofCase.AsInt ? point.AsInt : point.AsDouble;
                if (double.IsFinite(value))
                    Add(point.Attributes, kind, OtlpText.Time(point.TimeUnixNano), value, null, isDelta);
                else
                    rejected++;
            }
        }

        void Histogram(
            RepeatedField<KeyValue> attributes, ulong at, double sum, HistogramBuckets? buckets,
            AggregationTemporality temporality)
        {
            if (buckets is null || !double.IsFinite(sum))
                rejected++;
            else
                Add(
                    attributes, InstrumentKind.Histogram, OtlpText.Time(at), sum, buckets,
                    temporality == AggregationTemporality.Delta);
        }

        void Add(
            RepeatedField<KeyValue> attributes, InstrumentKind kind, long at, double value, HistogramBuckets? buckets,
            bool isDelta)
            => reports.Add(new MetricReport(
                resource,
                new InstrumentInfo(meter, _text.Cut(metric.Name), _text.Cut(metric.Unit), _text.Cut(metric.Description), kind),
                _text.Attributes(attributes),
                new MetricPoint(at, at, value, buckets),
                isDelta));
    }

    private static HistogramBuckets? ExplicitBuckets(HistogramDataPoint point)
    {
        double[] bounds = [.. point.ExplicitBounds];
        for (var i = 1; i < bounds.Length; i++)
        {
            if (!(bounds[i] > bounds[i - 1]))
                return null;
        }

        // Without buckets all that is known is how many there were.
        if (point.BucketCounts.Count == 0 && bounds.Length == 0)
            return new HistogramBuckets([], [point.Count]);
        return point.BucketCounts.Count == bounds.Length + 1 && bounds.Length <= ExponentialBuckets.MaxBuckets
            ? new HistogramBuckets(bounds, [.. point.BucketCounts])
            : null;
    }
}
