using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CnnViz.Render.Telemetry;

/// <summary>
/// What drawing takes: spans of the source "CnnViz.Render" and a histogram of its meter. Safe for concurrent use.
/// </summary>
internal sealed class RenderTelemetry
{
    private static readonly ActivitySource _source = new("CnnViz.Render");

    private readonly Histogram<double> _duration;

    public RenderTelemetry(IMeterFactory meters)
    {
        _duration = meters.Create("CnnViz.Render").CreateHistogram(
            "cnnviz.render.duration",
            "s",
            "Time to draw and encode a picture, once its values are there",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
            });
    }

    /// <summary>Draws a picture under a span "render".</summary>
    /// <param name="picture">What kind of picture: "filters", "feature_maps", "maximization" or "animation".</param>
    /// <param name="draw">Draws it.</param>
    public T Draw<T>(string picture, Func<T> draw)
    {
        using var span = _source.StartActivity("render");
        span?.SetTag("cnnviz.picture", picture);
        var began = Stopwatch.GetTimestamp();
        try
        {
            return draw();
        }
        catch (Exception exception)
        {
            span?.SetStatus(ActivityStatusCode.Error, exception.Message);
            span?.AddException(exception);
            throw;
        }
        finally
        {
            _duration.Record(
                Stopwatch.GetElapsedTime(began).TotalSeconds, new KeyValuePair<string, object?>("cnnviz.picture", picture));
        }
    }

    /// <summary>Encodes a file under a span "encode".</summary>
    public static (byte[] File, string MediaType) Encode(int width, int height, Func<(byte[] File, string MediaType)> encode)
    {
        using var span = _source.StartActivity("encode");
        var encoded = encode();
        if (span is not null)
        {
            span.SetTag("cnnviz.media_type", encoded.MediaType);
            span.SetTag("cnnviz.width", width);
            span.SetTag("cnnviz.height", height);
            span.SetTag("cnnviz.bytes", encoded.File.Length);
        }

        return encoded;
    }
}
