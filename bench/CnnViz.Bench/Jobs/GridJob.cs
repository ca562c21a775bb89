using CnnViz.Bench.Measuring;
using CnnViz.Bench.Peers;
using CnnViz.Engine;
using CnnViz.Engine.Maximization;
using CnnViz.Engine.OneDnn;
using CnnViz.Engine.Scheduling;
using CnnViz.Models;

namespace CnnViz.Bench.Jobs;

/// <summary>The headline job whole: 64 filters by 30 steps through the maximizer, with all that is around the steps.</summary>
internal sealed class GridJob : IBenchJob
{
    public string Name => "grid";

    public string About => "64 filters by 30 steps through the maximizer, against PyTorch; its first progress";

    public async Task<IReadOnlyList<BenchResult>> RunAsync(BenchContext context, CancellationToken cancellation)
    {
        var graph = context.Catalog.Load(Headline.Model);
        var engine = new OneDnnEngine();
        using var models = new CompiledModelCache(capacity: 4);
        using var scheduler = new LaneScheduler(new LaneSchedulerOptions { Lanes = engine.Lanes });
        var maximizer = new Maximizer(models, scheduler: scheduler);
        var (filters, steps) = context.Quick ? (4, 4) : (Headline.Filters, Headline.Steps);

        // Before anything is warm: the network is planned and its weights are packed within this call.
        var brief = WholeRun.Keras(filters, 1);
        var cold = await WholeRun.MeasureAsync(maximizer, engine, graph, brief, cancellation);
        var firsts = new List<double>();

        // The port does one filter after another, so a few of them tell what all take.
        var port = new TorchPort
        {
            Job = "step",
            Network = NetworkFile.Write(graph, [Headline.Layer], context.File("grid.json")),
            Size = Headline.Size,
            Border = Headline.Border,
            Images = context.Quick ? 1 : 2,
            Steps = steps,
        };
        List<Runner> runners = [OursAsync];
        await using var peer = await port.TryStartAsync(context, "PyTorch, batch 1", cancellation);
        if (peer is not null)
        {
            using var step = new Ascent(
                engine, graph, Headline.Layer, Headline.Size, Headline.Border, PrecisionMode.Exact, wide: false);
            await StepJob.CheckAsync(context, step, peer, cancellation);
            runners.Add(peer.Runner((double)port.Images / filters));
        }

        var samples = await Interleaved.RunAsync(context.Rounds, runners, cancellation, warm: true);
        var grid = new BenchResult
        {
            Job = $"grid, {filters} filters by {steps} steps, {Headline.Model} {Headline.Layer}, {Headline.Size} px",
            Group = Name,
            Unit = "grid",
            Engine = cold.Engine,
            Precision = cold.Precision,
        };
        var name = $"PyTorch, batch 1 ({port.Images} of the filters, times {filters / port.Images})";
        var operations = FlopCount.Gradient(graph, Headline.Size, Headline.Size, Headline.Layer) * filters * steps;
        var row = peer is null ? grid.Alone(samples[0]) : grid.Against(name, samples[0], samples[1]);
        var first = grid with { Unit = "first progress" };
        return
        [
            row.WithOperations(operations, context.PeakGflops),
            (first with { Job = "first progress of the grid, network already planned" }).Alone(new Samples(firsts)),
            (first with { Job = "first progress of the grid, first call of the process" })
                .Alone(new Samples([cold.FirstProgressMs])),
        ];

        async Task<double> OursAsync(CancellationToken token)
        {
            var run = await WholeRun.MeasureAsync(maximizer, engine, graph, WholeRun.Keras(filters, steps), token);
            firsts.Add(run.FirstProgressMs);
            return run.MsPerImageStep * filters * steps;
        }
    }
}
