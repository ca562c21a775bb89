using CnnViz.Bench.Measuring;
using CnnViz.Bench.Services;
using CnnViz.V1;

namespace CnnViz.Bench.Jobs;

/// <summary>A picture that is kept against the same one computed, through the render service over gRPC.</summary>
internal sealed class CacheJob : IBenchJob
{
    private const int Size = 128;
    private const int Steps = 160;

    /// <summary>Kept pictures asked for in a repetition; one alone takes too little to be timed.</summary>
    private const int Asked = 20;

    public string Name => "cache";

    public string About => "a kept picture against a computed one, over gRPC: from memory and from Redis";

    public async Task<IReadOnlyList<BenchResult>> RunAsync(BenchContext context, CancellationToken cancellation)
    {
        if (ServiceProcess.Program("CnnViz.Inference") is not { } inferenceProgram
            || ServiceProcess.Program("CnnViz.Render") is not { } renderProgram)
        {
            context.Say("the stack is not built (CNNVIZ_APPHOST): no cache is measured");
            return [];
        }

        await using var redis = await RedisProcess.TryStartAsync(context, cancellation);
        await using var inference = await ServiceProcess.StartAsync(inferenceProgram, [], cancellation);
        (string, string) upstream = ("services__inference__grpc__0", inference.Address);
        await using var render = await ServiceProcess.StartAsync(renderProgram, [upstream], cancellation);
        var rows = new List<BenchResult> { await MeasureAsync(context, render, CacheState.Memory, cancellation) };
        if (redis is not null)
        {
            // Nothing in the process, so that every call asks Redis, and waits for it on a busy machine too.
            await using var sharing = await ServiceProcess.StartAsync(
                renderProgram,
                [
                    upstream,
                    ("ConnectionStrings__redis", redis.ConnectionString),
                    ("Cache__MemoryBytes", "0"),
                    ("Cache__BudgetMilliseconds", "20000"),
                ],
                cancellation);
            rows.Add(await MeasureAsync(context, sharing, CacheState.Redis, cancellation));
        }

        return rows;
    }

    private async Task<BenchResult> MeasureAsync(
        BenchContext context, ServiceProcess render, CacheState from, CancellationToken cancellation)
    {
        var client = new RenderService.RenderServiceClient(render.Channel);
        var steps = context.Quick ? 16 : Steps;
        var (_, _, execution) = await Calls.RenderAsync(client, Request(steps, noCache: false), cancellation);
        await WhenKeptAsync();
        var samples = await Interleaved.RunAsync(context.Rounds, [KeptAsync, ComputedAsync], cancellation);
        return new BenchResult
        {
            Job = $"kept picture from {(from == CacheState.Redis ? "Redis" : "memory")}, nanodet Add_10, {Size} px, {steps} steps, over gRPC",
            Group = Name,
            Engine = execution.Engine,
            Precision = execution.Precision,
            Unit = "call",
            RssMb = render.PeakMemory,
        }.Against("computed", samples[0], samples[1]);

        // It is brought to Redis after its caller has it.
        async Task WhenKeptAsync()
        {
            while ((await Calls.RenderAsync(client, Request(steps, noCache: false), cancellation)).Cache != from)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }

        // The median, as a call that waits for a collection of garbage says nothing of the others.
        async Task<double> KeptAsync(CancellationToken token)
        {
            var times = new List<double>();
            for (var i = 0; i < Asked; i++)
            {
                var (ms, cache, _) = await Calls.RenderAsync(client, Request(steps, noCache: false), token);
                if (cache != from)
                {
                    throw new InvalidOperationException($"the picture came from {cache}, not from {from}");
                }

                times.Add(ms);
            }

            return new Samples(times).Median;
        }

        async Task<double> ComputedAsync(CancellationToken token) =>
            (await Calls.RenderAsync(client, Request(steps, noCache: true), token)).Ms;
    }

    private static RenderMaximizationRequest Request(int steps, bool noCache) => new()
    {
        Maximize = new MaximizeFilterRequest
        {
            Model = "nanodet",
            Layer = "Add_10",
            Filters = { 0 },
            NoCache = noCache,
            Settings = new MaximizationSettings { Recipe = Recipe.Lucid, Height = Size, Width = Size, Steps = steps },
        },
    };
}
