using CnnViz.Bench.Measuring;
using CnnViz.Bench.Services;
using CnnViz.V1;

namespace CnnViz.Bench.Jobs;

/// <summary>
/// What cache and event stream cost a maximization: the same run on a service with Redis, which keeps the result, tells every event
/// and writes checkpoints there, and on one without Redis that is asked past its cache.
/// </summary>
internal sealed class EventsJob : IBenchJob
{
    // Each pair is short, so that there may be many: the difference is smaller than what single ones scatter.
    private const int Rounds = 11;

    private ulong _seed;

    public string Name => "events";

    public string About => "a maximization with its cache and event stream in Redis against the same without";

    public async Task<IReadOnlyList<BenchResult>> RunAsync(BenchContext context, CancellationToken cancellation)
    {
        if (ServiceProcess.Program("CnnViz.Inference") is not { } program)
        {
            context.Say("the stack is not built (CNNVIZ_APPHOST): no events are measured");
            return [];
        }

        await using var redis = await RedisProcess.TryStartAsync(context, cancellation);
        if (redis is null)
        {
            return [];
        }

        await using var telling = await ServiceProcess.StartAsync(
            program, [("ConnectionStrings__redis", redis.ConnectionString)], cancellation);
        await using var silent = await ServiceProcess.StartAsync(program, [("ConnectionStrings__redis", "")], cancellation);
        return
        [
            .. await MeasureAsync("lucid, nanodet Add_10, 128 px", Lucid(context.Quick)),
            .. await MeasureAsync($"keras, {Headline.Model} {Headline.Layer}, {Headline.Size} px", Keras(context.Quick)),
        ];

        async Task<IReadOnlyList<BenchResult>> MeasureAsync(string job, MaximizeFilterRequest request)
        {
            var execution = new Execution();
            var (tellingMs, silentMs) = (new List<double>(), new List<double>());
            var units = (double)request.Filters.Count * request.Settings.Steps;
            var samples = await Interleaved.RunAsync(
                context.Quick ? context.Rounds : Rounds, [TellingAsync, SilentAsync], cancellation);
            var text = $"with cache and events in Redis: {job}, {request.Filters.Count} filters by {request.Settings.Steps} steps";
            var row = new BenchResult
            {
                Job = text,
                Group = Name,
                Engine = execution.Engine,
                Precision = execution.Precision,
                RssMb = telling.PeakMemory,
            };

            // The first of each was not counted there either.
            var processor = (row with { Job = text + ", processor time of service and Redis", Unit = "image-step, processor" })
                .Against("without", new Samples(tellingMs[1..]), new Samples(silentMs[1..]));
            return [row.Against("without", samples[0], samples[1]), processor];

            async Task<double> TellingAsync(CancellationToken token)
            {
                var before = telling.ProcessorMs + redis.ProcessorMs;
                var ms = await RunAsync(telling, noCache: false, token);
                tellingMs.Add((telling.ProcessorMs + redis.ProcessorMs - before) / units);
                return ms;
            }

            async Task<double> SilentAsync(CancellationToken token)
            {
                var before = silent.ProcessorMs;
                var ms = await RunAsync(silent, noCache: true, token);
                silentMs.Add((silent.ProcessorMs - before) / units);
                return ms;
            }

            async Task<double> RunAsync(ServiceProcess service, bool noCache, CancellationToken token)
            {
                // A seed of its own for each run: none is answered from a cache.
                request.Settings.Seed = ++_seed;
                request.NoCache = noCache;
                (var ms, execution) = await Calls.MaximizeAsync(
                    new InferenceService.InferenceServiceClient(service.Channel), request, token);
                return ms / units;
            }
        }
    }

    private static MaximizeFilterRequest Lucid(bool quick) => Of("nanodet", "Add_10", quick ? 2 : 8, new MaximizationSettings
    {
        Recipe = Recipe.Lucid,
        Height = 128,
        Width = 128,
        Steps = quick ? 20 : 160,
    });

    private static MaximizeFilterRequest Keras(bool quick) => Of(
        Headline.Model, Headline.Layer, quick ? 2 : 8, new MaximizationSettings
        {
            Recipe = Recipe.Keras,
            Height = Headline.Size,
            Width = Headline.Size,
            Steps = quick ? 4 : Headline.Steps,
            Border = Headline.Border,
        });

    private static MaximizeFilterRequest Of(string model, string layer, int filters, MaximizationSettings settings)
    {
        var request = new MaximizeFilterRequest { Model = model, Layer = layer, Settings = settings };
        request.Filters.AddRange(Enumerable.Range(0, filters));
        return request;
    }
}
