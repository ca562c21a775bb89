using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CnnViz.Dashboard.Tests.Infrastructure;

/// <summary>A process that sends telemetry as services do: through OpenTelemetry's own SDK and exporter.</summary>
public sealed class SampleTelemetry : IDisposable
{
    private readonly TracerProvider _tracing;
    private readonly MeterProvider _metering;
    private readonly ILoggerFactory _logging;
    private readonly Meter _meter;

    /// <param name="environment">The variables that the app host gave the resource.</param>
    /// <param name="protocol">Over what to send; by default what the variables say.</param>
    public SampleTelemetry(IReadOnlyDictionary<string, string> environment, OtlpExportProtocol? protocol = null)
    {
        var name = environment["OTEL_SERVICE_NAME"];
        var resource = ResourceBuilder.CreateEmpty().AddService(
            name, serviceInstanceId: environment["OTEL_RESOURCE_ATTRIBUTES"]
                .Replace("service.instance.id=", string.Empty, StringComparison.Ordinal));
        // A source of its own for each sender: in one process all senders hear a source.
        var source = $"CnnViz.{name}.{Guid.NewGuid():N}";
        Source = new ActivitySource(source);
        _meter = new Meter(source);
        Calls = _meter.CreateCounter<long>("cnnviz.calls", "{call}", "Calls answered");
        Steps = _meter.CreateHistogram("cnnviz.step.duration", "s", "Time of one ascent step", null, new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1],
        });
        Queue = _meter.CreateUpDownCounter<long>("cnnviz.queue.length", "{job}", "Jobs that wait for a lane");
        _meter.CreateObservableGauge("process.memory.usage", () => Memory, "By", "Memory in use");
        _tracing = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(source)
            .AddOtlpExporter(o => Configure(o, "traces")).Build();
        _metering = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(source)
            .AddOtlpExporter((o, reader) =>
            {
                Configure(o, "metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = int.MaxValue;
            }).Build();
        _logging = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddOpenTelemetry(o =>
        {
            o.IncludeFormattedMessage = true;
            o.SetResourceBuilder(resource).AddOtlpExporter(e => Configure(e, "logs"));
        }));

        void Configure(OtlpExporterOptions options, string signal)
        {
            options.Protocol = protocol
                ?? (environment["OTEL_EXPORTER_OTLP_PROTOCOL"] == "grpc" ? OtlpExportProtocol.Grpc
                    : OtlpExportProtocol.HttpProtobuf);
            var endpoint = new Uri(environment["OTEL_EXPORTER_OTLP_ENDPOINT"]);
            options.Endpoint = options.Protocol == OtlpExportProtocol.Grpc ? endpoint : new Uri(endpoint, $"/v1/{signal}");
            options.Headers = environment.GetValueOrDefault("OTEL_EXPORTER_OTLP_HEADERS");
        }
    }

    public ActivitySource Source { get; }

    public Counter<long> Calls { get; }

    public Histogram<double> Steps { get; }

    public UpDownCounter<long> Queue { get; }

    public long Memory { get; set; } = 312L << 20;

    public ILogger Logger(string category) => _logging.CreateLogger(category);

    /// <summary>Sends what there is, and waits until it has arrived.</summary>
    public void Flush()
    {
        Assert.True(_tracing.ForceFlush(30_000), "The traces were not taken.");
        FlushMetrics();
    }

    public void FlushMetrics() => Assert.True(_metering.ForceFlush(30_000), "The metrics were not taken.");

    public void Dispose()
    {
        _logging.Dispose();
        _tracing.Dispose();
        _metering.Dispose();
        Source.Dispose();
        _meter.Dispose();
    }
}
