using CnnViz.Bench.Measuring;
using CnnViz.Bench.Peers;
using CnnViz.Engine;
using CnnViz.Engine.OneDnn;
using CnnViz.Models;

namespace CnnViz.Bench.Jobs;

/// <summary>
/// One ascent step of the headline job, exact and fast, on lanes and with all cores, against a straight port to PyTorch.
/// </summary>
internal sealed class StepJob : IBenchJob
{
    private static readonly int[] _batches = [4, 8, 16];

    public string Name => "step";

    public string About => $"one ascent step, {Headline.Model} {Headline.Layer} at {Headline.Size} px, against PyTorch";

    public async Task<IReadOnlyList<BenchResult>> RunAsync(BenchContext context, CancellationToken cancellation)
    {
        var graph = context.Catalog.Load(Headline.Model);
        var engine = new OneDnnEngine();
        var images = context.Quick ? 4 : Headline.Filters;
        (string Words, Ascent Ascent, int Images)[] ours =
        [
            ("lanes", Make(PrecisionMode.Exact, wide: false), images),
            ("lanes", Make(PrecisionMode.Fast, wide: false), images),
            ("one image on all cores", Make(PrecisionMode.Exact, wide: true), images / 4),
            ("one image on all cores", Make(PrecisionMode.Fast, wide: true), images / 4),
        ];

        var network = NetworkFile.Write(graph, [Headline.Layer], context.File("step.json"));
        var port = new TorchPort
        {
            Job = "step",
            Network = network,
            Size = Headline.Size,
            Border = Headline.Border,
            Images = context.Quick ? 2 : 16,
        };
        await using var single = await port.TryStartAsync(context, "PyTorch, batch 1", cancellation);
        if (single is not null)
        {
            foreach (var one in ours)
            {
                await CheckAsync(context, one.Ascent, single, cancellation);
            }
        }

        var batched = port with { ChannelsLast = true, Images = context.Quick ? 16 : 32 };
        var best = await batched.TryStartBestBatchAsync(context, "PyTorch, channels last", _batches, cancellation);
        await using var batch = best?.Peer;

        var runners = ours.Select(one => (Runner)(token => one.Ascent.RunAsync(one.Images, 1, token))).ToList();
        (Peer Peer, TorchPort Port)?[] peers =
            [single is null ? null : (single, port), batch is null ? null : (batch, best!.Value.Port)];
        var present = peers.Where(peer => peer is not null).Select(peer => peer!.Value).ToList();
        runners.AddRange(present.Select(peer => peer.Peer.Runner(peer.Port.Units)));
        var samples = await Interleaved.RunAsync(context.Rounds, runners, cancellation);

        var operations = FlopCount.Gradient(graph, Headline.Size, Headline.Size, Headline.Layer);
        var results = new List<BenchResult>();
        for (var i = 0; i < ours.Length; i++)
        {
            var result = new BenchResult
            {
                Job = $"step, {Headline.Model} {Headline.Layer}, {Headline.Size} px, {ours[i].Words}",
                Group = Name,
                Engine = engine.Name,
                Precision = ours[i].Ascent.Precision,
            };
            var rows = present.Count == 0
                ? [result.Alone(samples[i])]
                : present.Select((peer, j) => result.Against(peer.Peer.Name, samples[i], samples[ours.Length + j]));
            results.AddRange(rows.Select(row => row.WithOperations(operations, context.PeakGflops)));
        }

        Array.ForEach(ours, one => one.Ascent.Dispose());
        return results;

        Ascent Make(PrecisionMode precision, bool wide) =>
            new(engine, graph, Headline.Layer, Headline.Size, Headline.Border, precision, wide);
    }

    /// <summary>Objective and gradient for one picture of noise.</summary>
    public static async Task CheckAsync(BenchContext context, Ascent ours, Peer peer, CancellationToken cancellation)
    {
        var picture = Ascent.Noise(ours.PictureLength, seed: 12345);
        var (objective, gradient) = await ours.CheckAsync(picture, cancellation);
        var theirs = await peer.CheckAsync(context, picture, cancellation);
        Agreement.Require(
            context,
            $"objective, {ours.Precision}",
            Agreement.Distance([objective], theirs.AsSpan(0, 1)),
            Agreement.ForwardLimit);
        Agreement.Require(
            context,
            $"1 - cosine of the gradients, {ours.Precision}",
            Agreement.Turn(gradient, theirs.AsSpan(1)),
            ours.Precision == "fp32" ? Agreement.GradientLimit : Agreement.FastGradientLimit);
    }
}
