using CnnViz.Bench.Measuring;
using CnnViz.Bench.Services;
using CnnViz.V1;

namespace CnnViz.Bench.Jobs;

/// <summary>
/// What a Redis that is gone, held or refuses the password costs a call: the longest of a hundred small calls while it is sick,
/// against the longest of a hundred on a service that has no Redis.
/// </summary>
internal sealed class SickRedisJob : IBenchJob
{
    private const int CallsAsked = 100;

    public string Name => "sick-redis";

    public string About => "the worst of 100 calls while Redis is killed, held or refuses the password";

    public async Task<IReadOnlyList<BenchResult>> RunAsync(BenchContext context, CancellationToken cancellation)
    {
        if (ServiceProcess.Program("CnnViz.Inference") is not { } program)
        {
            context.Say("the stack is not built (CNNVIZ_APPHOST): no sick Redis is measured");
            return [];
        }

        await using var redis = await RedisProcess.TryStartAsync(context, cancellation);
        if (redis is null)
        {
            return [];
        }

        // Nothing in the process, so that every call asks Redis.
        (string, string) redisOnly = ("Cache__MemoryBytes", "0");
        (string, string) Connection(string text) => ("ConnectionStrings__redis", text);
        await using var well = await ServiceProcess.StartAsync(program, [redisOnly, Connection("")], cancellation);
        await using var sick = await ServiceProcess.StartAsync(program, [redisOnly, Connection(redis.ConnectionString)], cancellation);
        await using var refused = await ServiceProcess.StartAsync(
            program, [redisOnly, Connection(redis.ConnectionString + ",password=wrong")], cancellation);
        return
        [
            .. await MeasureAsync("killed", sick, redis.KillAsync, () => redis.StartAsync(cancellation)),
            .. await MeasureAsync("held", sick, redis.HoldAsync, redis.ResumeAsync),
            .. await MeasureAsync("refuses the password", refused, () => Task.CompletedTask, null),
        ];

        async Task<IReadOnlyList<BenchResult>> MeasureAsync(
            string what, ServiceProcess service, Func<Task> fall, Func<Task>? recover)
        {
            var execution = new Execution();
            var (all, usual) = (new List<double>(), new List<double>());
            await AskAsync(service, cancellation);
            await AskAsync(well, cancellation);
            var samples = await Interleaved.RunAsync(context.Rounds, [SickAsync, WellAsync], cancellation);
            var row = new BenchResult
            {
                Job = $"the longest of {CallsAsked} calls, Redis {what}",
                Group = Name,
                Engine = execution.Engine,
                Precision = execution.Precision,
                Unit = "call",
                RssMb = service.PeakMemory,
            };
            var extra = Math.Max(0, all.Max() - new Samples(usual).Median);
            return
            [
                row.Against("without Redis", samples[0], samples[1]),
                (row with { Job = $"most that Redis, {what}, added to one of {all.Count} calls" }).Alone(new Samples([extra])),
            ];

            async Task<double> SickAsync(CancellationToken token)
            {
                if (recover is not null)
                {
                    await WhenInUseAsync(token);
                }

                await fall();
                var times = await HundredAsync(service, token);
                await (recover?.Invoke() ?? Task.CompletedTask);
                all.AddRange(times);
                return times.Max();
            }

            async Task<double> WellAsync(CancellationToken token)
            {
                var times = await HundredAsync(well, token);
                usual.AddRange(times);
                return times.Max();
            }

            async Task<List<double>> HundredAsync(ServiceProcess asked, CancellationToken token)
            {
                var times = new List<double>();
                for (var i = 0; i < CallsAsked; i++)
                {
                    (var ms, execution) = await AskAsync(asked, token);
                    times.Add(ms);
                }

                return times;
            }

            // The service tries a Redis that it left alone again every few seconds, beside calls.
            async Task WhenInUseAsync(CancellationToken token)
            {
                while ((await AskAsync(service, token)).Execution.Cache != CacheState.Redis)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(50), token);
                }
            }
        }
    }

    private static Task<(double Ms, Execution Execution)> AskAsync(ServiceProcess service, CancellationToken cancellation) =>
        Calls.MaximizeAsync(
            new InferenceService.InferenceServiceClient(service.Channel),
            new MaximizeFilterRequest
            {
                Model = "nanodet",
                Layer = "Add_4",
                Filters = { 0 },
                Threads = 1,
                Settings = new MaximizationSettings { Recipe = Recipe.Keras, Height = 64, Width = 64, Steps = 1 },
            },
            cancellation);
}
