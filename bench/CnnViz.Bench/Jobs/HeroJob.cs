using CnnViz.Bench.Measuring;
using CnnViz.Bench.Peers;
using CnnViz.Engine;
using CnnViz.Engine.Maximization;
using CnnViz.Engine.OneDnn;
using CnnViz.Engine.Scheduling;
using CnnViz.Models;

namespace CnnViz.Bench.Jobs;

/// <summary>A trained network under the lucid recipe: NanoDet's Add_10 through the published chain of transforms.</summary>
internal sealed class HeroJob : IBenchJob
{
    private const string Layer = "Add_10";
    private const int Size = 128;
    private const int Filters = 64;
    private const int Steps = 160;
    private const int Border = 1;

    /// <summary>
    /// Steps of a repetition in pairs: a step costs the same throughout, as this network has no dead ReLUs to relieve.
    /// </summary>
    private const int PairSteps = 40;

    private static readonly int[] _batches = [8, 16, 64];

    public string Name => "hero";

    public string About => $"lucid recipe, nanodet {Layer}, {Filters} filters at {Size} px, against PyTorch";

    public async Task<IReadOnlyList<BenchResult>> RunAsync(BenchContext context, CancellationToken cancellation)
    {
        var graph = context.Catalog.Load("nanodet");
        var engine = new OneDnnEngine();
        using var models = new CompiledModelCache(capacity: 4);
        using var scheduler = new LaneScheduler(new LaneSchedulerOptions { Lanes = engine.Lanes });
        var maximizer = new Maximizer(models, scheduler: scheduler);
        var (filters, steps) = context.Quick ? (8, 4) : (Filters, PairSteps);
        var options = MaximizationOptions.ForRecipe(
            MaximizationRecipe.Lucid, Layer, [.. Enumerable.Range(0, filters)], Size, Size) with
        {
            Steps = steps,
            Border = Border,
            Transform = TransformKind.LucidChain,
        };

        var port = new TorchPort
        {
            Job = "lucid",
            Network = NetworkFile.Write(graph, [Layer], context.File("hero.json")),
            Size = Size,
            Border = Border,
            Images = filters,
            Steps = context.Quick ? 1 : 6,
            ChannelsLast = true,
        };
        var best = await port.TryStartBestBatchAsync(
            context, "PyTorch, channels last", context.Quick ? [8] : _batches, cancellation);
        await using var peer = best?.Peer;
        if (peer is not null)
        {
            using var step = new Ascent(engine, graph, Layer, Size, Border, PrecisionMode.Exact, wide: false);
            await StepJob.CheckAsync(context, step, peer, cancellation);
        }

        var ran = await WholeRun.MeasureAsync(maximizer, engine, graph, options with { Steps = 1 }, cancellation);
        List<Runner> runners =
        [
            async token => (await WholeRun.MeasureAsync(maximizer, engine, graph, options, token)).MsPerImageStep,
        ];
        if (peer is not null)
        {
            runners.Add(peer.Runner(port.Units));
        }

        var samples = await Interleaved.RunAsync(context.Rounds, runners, cancellation);
        var result = new BenchResult
        {
            Job = $"lucid, nanodet {Layer}, {Size} px, {filters} filters",
            Group = Name,
            Engine = ran.Engine,
            Precision = ran.Precision,
        };
        var row = peer is null ? result.Alone(samples[0]) : result.Against(peer.Name, samples[0], samples[1]);
        var whole = context.Quick ? options : options with { Steps = Steps };
        var all = await WholeRun.MeasureAsync(maximizer, engine, graph, whole, cancellation);
        return
        [
            row.WithOperations(FlopCount.Gradient(graph, Size, Size, Layer), context.PeakGflops),
            (result with { Job = $"{result.Job} by {whole.Steps} steps, whole", Unit = "grid" })
                .Alone(new Samples([all.MsPerImageStep * filters * whole.Steps])),
        ];
    }
}
