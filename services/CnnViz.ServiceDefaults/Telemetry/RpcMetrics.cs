using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Google.Rpc;
using Grpc.Core;

namespace CnnViz.ServiceDefaults.Telemetry;

/// <summary>What calls to this host's services take, send and fail of.</summary>
internal sealed class RpcMetrics
{
    private const string DetailsTrailer = "grpc-status-details-bin";
    private const int LongestReason = 63;

    private readonly Histogram<double> _duration;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _sent;
    private readonly UpDownCounter<long> _streams;

    public RpcMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("CnnViz.Rpc");
        _duration = meter.CreateHistogram(
            "rpc.server.call.duration",
            "s",
            "Time from a call's beginning to its end",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
            });
        _failures = meter.CreateCounter<long>("cnnviz.failures", "{call}", "Calls that failed, by reason");
        _sent = meter.CreateCounter<long>("cnnviz.sent", "By", "Bytes of the messages sent to callers, before compression");
        _streams = meter.CreateUpDownCounter<long>("cnnviz.streams.active", "{stream}", "Streaming calls under way");
    }

    /// <summary>Whether anyone wants to know what is sent.</summary>
    public bool CountsSent => _sent.Enabled;

    /// <summary>Tags of all measurements of a method.</summary>
    /// <param name="path">"/package.Service/Method". Only such are called that are mapped, so there are few.</param>
    public static TagList Tags(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash <= 0
            ? [new("rpc.system", "grpc"), new("rpc.method", path)]
            : [new("rpc.system", "grpc"), new("rpc.service", path[1..slash]), new("rpc.method", path[(slash + 1)..])];
    }

    public void Sent(in TagList method, int bytes) => _sent.Add(bytes, method);

    public void StreamBegan(in TagList method) => _streams.Add(1, method);

    public void StreamEnded(in TagList method) => _streams.Add(-1, method);

    /// <summary>A call is over.</summary>
    /// <param name="method">Its tags.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="failure">Why it failed; null for a call that did not.</param>
    public void Ended(in TagList method, TimeSpan elapsed, Exception? failure)
    {
        var tags = method;
        var status = failure switch
        {
            null => StatusCode.OK,
            RpcException refused => refused.StatusCode,
            _ => StatusCode.Unknown,
        };
        tags.Add("rpc.grpc.status_code", (int)status);
        _duration.Record(elapsed.TotalSeconds, tags);
        if (failure is not null && _failures.Enabled)
        {
            tags.Add("error.type", Reason(failure as RpcException) ?? Name(status));
            _failures.Add(1, tags);
        }
    }

    /// <summary>A call was refused before gRPC saw it; its span is told what gRPC would have.</summary>
    /// <param name="path">"/package.Service/Method".</param>
    /// <param name="refusal">Why.</param>
    public void Refused(string path, RpcException refusal)
    {
        if (Activity.Current is { } call)
        {
            call.SetTag(RpcSpanProcessor.MethodTag, path);
            call.SetTag(RpcSpanProcessor.StatusTag, ((int)refusal.StatusCode).ToString(CultureInfo.InvariantCulture));
        }

        var tags = Tags(path);
        tags.Add("rpc.grpc.status_code", (int)refusal.StatusCode);
        tags.Add("error.type", Reason(refusal) ?? Name(refusal.StatusCode));
        _failures.Add(1, tags);
    }

    /// <summary>The reason that the error's details give, such as "QUEUE_FULL".</summary>
    private static string? Reason(RpcException? failure)
    {
        if (failure?.Trailers.GetValueBytes(DetailsTrailer) is not { } details)
        {
            return null;
        }

        try
        {
            var info = Google.Rpc.Status.Parser.ParseFrom(details).Details
                .Where(detail => detail.Is(ErrorInfo.Descriptor))
                .Select(detail => detail.Unpack<ErrorInfo>().Reason)
                .FirstOrDefault();
            return info is { Length: > 0 and <= LongestReason } && info.All(c => char.IsAsciiLetterUpper(c) || c is '_' || char.IsAsciiDigit(c))
                ? info
                : null;
        }
        catch (Google.Protobuf.InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>A status as gRPC writes it: RESOURCE_EXHAUSTED.</summary>
    private static string Name(StatusCode status) =>
        string.Concat(status.ToString().Select((c, i) => i > 0 && char.IsAsciiLetterUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));
}
