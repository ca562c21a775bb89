using System.Globalization;
using CnnViz.Bench.Measuring;
using CnnViz.Bench.Peers;
using CnnViz.Engine;
using CnnViz.Engine.Maximization;
using CnnViz.Engine.OneDnn;
using CnnViz.Engine.Scheduling;
using CnnViz.Models;

namespace CnnViz.Bench.Jobs;

/// <summary>What the headline job costs with more filters, and its step with larger pictures.</summary>
internal sealed class ScalingJob : IBenchJob
{
    private static readonly int[] _filters = [64, 1, 4, 16, 256];
    private static readonly int[] _sizes = [90, 180, 360, 720];

    public string Name => "scaling";

    public string About => "cost per image-step against filters (1 to 256) and picture size (90 to 720 px)";

    public async Task<IReadOnlyList<BenchResult>> RunAsync(BenchContext context, CancellationToken cancellation) =>
        [.. await FiltersAsync(context, cancellation), .. await SizesAsync(context, cancellation)];

    /// <summary>The peer is 64 filters: a ratio of 1 is a cost that grows with the number of filters and no faster.</summary>
    private async Task<List<BenchResult>> FiltersAsync(BenchContext context, CancellationToken cancellation)
    {
        const int steps = 2;
        var graph = context.Catalog.Load(Headline.Model);
        var engine = new OneDnnEngine();
        using var models = new CompiledModelCache(capacity: 4);
        using var scheduler = new LaneScheduler(new LaneSchedulerOptions { Lanes = engine.Lanes });
        var maximizer = new Maximizer(models, scheduler: scheduler);
        var started = await WholeRun.MeasureAsync(maximizer, engine, graph, WholeRun.Keras(1, 1), cancellation);
        var counts = context.Quick ? _filters.Where(count => count <= 64) : _filters;
        var runners = counts.Select(count => (Runner)(async token =>
            (await WholeRun.MeasureAsync(maximizer, engine, graph, WholeRun.Keras(count, steps), token)).MsPerImageStep));
        var samples = await Interleaved.RunAsync(context.Quick ? 1 : context.Rounds, [.. runners], cancellation);
        var operations = FlopCount.Gradient(graph, Headline.Size, Headline.Size, Headline.Layer);
        var rows = counts.Select((count, i) =>
        {
            var row = new BenchResult
            {
                Job = $"a run of {count} {(count == 1 ? "filter" : "filters")} by {steps} steps",
                Group = Name,
                Engine = started.Engine,
                Precision = started.Precision,
            };
            return i == 0 ? row.Alone(samples[0]) : row.Against("a run of 64 filters", samples[i], samples[0]);
        });
        return [.. rows.Select(row => row.WithOperations(operations, context.PeakGflops))];
    }

    private async Task<List<BenchResult>> SizesAsync(BenchContext context, CancellationToken cancellation)
    {
        var graph = context.Catalog.Load(Headline.Model);
        var engine = new OneDnnEngine();
        var network = NetworkFile.Write(graph, [Headline.Layer], context.File("scaling.json"));
        var results = new List<BenchResult>();
        foreach (var size in context.Quick ? _sizes.Take(2) : _sizes)
        {
            using var ours = new Ascent(engine, graph, Headline.Layer, size, Headline.Border, PrecisionMode.Exact, wide: false);
            var images = engine.Lanes * Math.Clamp(720 * 720 / (size * size) / 4, 1, 8);
            var port = new TorchPort { Job = "step", Network = network, Size = size, Border = Headline.Border };
            await using var peer = await port.TryStartAsync(context, "PyTorch, batch 1", cancellation);
            List<Runner> runners = [token => ours.RunAsync(images, 1, token)];
            if (peer is not null)
            {
                await StepJob.CheckAsync(context, ours, peer, cancellation);
                runners.Add(peer.Runner(port.Units));
            }

            var samples = await Interleaved.RunAsync(context.Rounds, runners, cancellation);
            var result = new BenchResult
            {
                Job = string.Create(CultureInfo.InvariantCulture, $"step, {Headline.Model} {Headline.Layer}, {size} px, lanes"),
                Group = Name,
                Engine = engine.Name,
                Precision = ours.Precision,
                RssMb = Machine.PeakMemory(),
            };
            var row = peer is null ? result.Alone(samples[0]) : result.Against(peer.Name, samples[0], samples[1]);
            results.Add(row.WithOperations(FlopCount.Gradient(graph, size, size, Headline.Layer), context.PeakGflops));
        }

        return results;
    }
}
