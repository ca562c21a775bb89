using System.Diagnostics;
using CnnViz.Bench.Measuring;
using CnnViz.Bench.Peers;
using CnnViz.Bench.Services;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Bench.Jobs;

/// <summary>
/// What telemetry costs a maximization over gRPC: a service that sends every span, measurement and log record to a collector and
/// gathers for /metrics, against one that does neither. The headline job, and a small network whose steps take little time
/// themselves, so that what is told of each weighs most.
/// </summary>
internal sealed class TelemetryJob : IBenchJob
{
    private const string Small = "fashion-cnn";

    private ulong _seed;

    public string Name => "telemetry";

    public string About => "a maximization with all telemetry on by the same with all of it off";

    public async Task<IReadOnlyList<BenchResult>> RunAsync(BenchContext context, CancellationToken cancellation)
    {
        if (ServiceProcess.Program("CnnViz.Inference") is not { } program)
        {
            context.Say("the stack is not built (CNNVIZ_APPHOST): the cost of telemetry is not measured");
            return [];
        }

        await using var sink = new OtlpSink();
        (string, string)[] sending =
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", sink.Endpoint.ToString()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "5000"),
        ];
        (string, string)[] silent = [("OTEL_SDK_DISABLED", "true"), ("Telemetry__Prometheus", "false")];
        var models = ("CNNVIZ_MODELS", context.Catalog.Root);
        await using var on = await ServiceProcess.StartAsync(program, [models, .. sending], cancellation);
        await using var off = await ServiceProcess.StartAsync(program, [models, .. silent], cancellation);
        var (filters, steps) = context.Quick ? (2, 2) : (8, 15);
        var results = new List<BenchResult>
        {
            await CompareAsync(context, on, off, HeadlineRequest(filters, steps), cancellation),
        };
        (filters, steps) = context.Quick ? (2, 100) : (8, 1000);
        results.Add(await CompareAsync(context, on, off, SmallRequest(filters, steps), cancellation));
        return sink.Exports > 0 ? results : throw new InvalidOperationException("nothing was exported: nothing was measured");
    }

    private async Task<BenchResult> CompareAsync(
        BenchContext context,
        ServiceProcess on,
        ServiceProcess off,
        MaximizeFilterRequest request,
        CancellationToken cancellation)
    {
        var (filters, steps) = (request.Filters.Count, request.Settings.Steps);
        var execution = new Execution();
        var samples = await Interleaved.RunAsync(context.Rounds, [Of(on), Of(off)], cancellation);
        return new BenchResult
        {
            Job = $"maximization with telemetry on, {request.Model} {request.Layer}, {filters} filters by {steps} steps",
            Group = Name,
            Engine = execution.Engine,
            Precision = execution.Precision,
            RssMb = on.PeakMemory,
        }.Against("telemetry off", samples[0], samples[1]);

        Runner Of(ServiceProcess service)
        {
            var client = new InferenceService.InferenceServiceClient(service.Channel);
            return async token =>
            {
                // A seed of its own for each call: none is answered from a cache.
                request.Settings.Seed = ++_seed;
                var start = Stopwatch.GetTimestamp();
                using var call = client.MaximizeFilter(request, cancellationToken: token);
                await foreach (var message in call.ResponseStream.ReadAllAsync(token))
                {
                    execution = message.Event.Started?.Execution ?? execution;
                }

                return Stopwatch.GetElapsedTime(start).TotalMilliseconds / (filters * steps);
            };
        }
    }

    private static MaximizeFilterRequest HeadlineRequest(int filters, int steps) => new()
    {
        Model = Headline.Model,
        Layer = Headline.Layer,
        Filters = { Enumerable.Range(0, filters) },
        Settings = new MaximizationSettings
        {
            Recipe = Recipe.Keras,
            Height = Headline.Size,
            Width = Headline.Size,
            Steps = steps,
            Border = Headline.Border,
        },
    };

    private static MaximizeFilterRequest SmallRequest(int filters, int steps) => new()
    {
        Model = Small,
        Layer = "dense_2",
        Filters = { Enumerable.Range(0, filters) },
        Settings = new MaximizationSettings { Steps = steps },
    };
}
