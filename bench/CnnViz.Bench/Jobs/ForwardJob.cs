using System.Diagnostics;
using CnnViz.Bench.Measuring;
using CnnViz.Bench.Peers;
using CnnViz.Engine;
using CnnViz.Engine.OneDnn;
using CnnViz.Models;

namespace CnnViz.Bench.Jobs;

/// <summary>Forward passes over one picture with the maps copied out, against ONNX Runtime and PyTorch.</summary>
internal sealed class ForwardJob : IBenchJob
{
    private const int Size = 224;

    public string Name => "forward";

    public string About => "forward passes of VGG16 and ResNet50V2 with their maps kept, against ONNX Runtime and PyTorch";

    public async Task<IReadOnlyList<BenchResult>> RunAsync(BenchContext context, CancellationToken cancellation)
    {
        var vgg = context.Catalog.Load("vgg16-notop");
        var resnet = context.Catalog.Load(Headline.Model);
        string[] vggMaps =
            [.. vgg.Listed.Select(layer => layer.Name).Where(name => name.StartsWith("block", StringComparison.Ordinal))];
        string[] resnetMaps =
            [.. resnet.Layers.Select(layer => layer.Name).Where(name => name.EndsWith("_out", StringComparison.Ordinal))];
        var blocks = $"its {resnetMaps.Length} blocks' maps";
        return
        [
            .. await MeasureAsync(context, vgg, $"all {vggMaps.Length} maps", vggMaps, cancellation),
            .. await MeasureAsync(context, resnet, blocks, [.. resnetMaps, "post_relu"], cancellation),
            .. await MeasureAsync(context, resnet, "the last map", ["post_relu"], cancellation),
        ];
    }

    private async Task<List<BenchResult>> MeasureAsync(
        BenchContext context, ModelGraph graph, string what, IReadOnlyList<string> targets, CancellationToken cancellation)
    {
        var engine = new OneDnnEngine();
        using var model = engine.Compile(graph, new CompileOptions(Size, Size, targets) { Threads = engine.Threads });
        var picture = Ascent.Noise(checked((int)model.InputShape.ElementCount), seed: 7);
        var maps = targets.Select(target => new float[model.TargetShapes[target].ElementCount]).ToArray();
        void Forward()
        {
            using var pass = model.Forward(picture, 1, withGradient: false);
            for (var i = 0; i < maps.Length; i++)
            {
                pass.CopyActivation(targets[i], maps[i]);
            }
        }

        Forward();
        var network = NetworkFile.Write(graph, targets, context.File("forward.json"));
        var port = new TorchPort { Job = "forward", Network = network, Size = Size };
        var peers = new List<Peer>();
        try
        {
            foreach (var started in (Peer?[])
            [
                await OnnxPeer.TryStartAsync(context, network, Size, targets.Count, cancellation),
                await port.TryStartAsync(context, "PyTorch", cancellation),
                await (port with { ChannelsLast = true }).TryStartAsync(context, "PyTorch, channels last", cancellation),
            ])
            {
                if (started is not null)
                {
                    peers.Add(started);
                    var theirs = await started.CheckAsync(context, picture, cancellation);
                    var ours = maps.SelectMany(map => map).ToArray();
                    var distance = Agreement.Distance(ours, theirs);
                    Agreement.Require(context, $"relative L2 of the maps, {started.Name}", distance, Agreement.ForwardLimit);
                }
            }

            var repetitions = context.Quick ? 1 : 3;
            Task<double> Ours(CancellationToken token)
            {
                var start = Stopwatch.GetTimestamp();
                for (var i = 0; i < repetitions; i++)
                {
                    Forward();
                }

                return Task.FromResult(Stopwatch.GetElapsedTime(start).TotalMilliseconds / repetitions);
            }

            var runners = peers.Select(peer => peer.Runner(1)).Prepend(Ours).ToList();
            var samples = await Interleaved.RunAsync(context.Quick ? context.Rounds : 3 * context.Rounds, runners, cancellation);
            var result = new BenchResult
            {
                Job = $"forward, {graph.Name}, {Size} px, {what}",
                Group = Name,
                Unit = "pass",
                Engine = engine.Name,
                Precision = model.Precision,
                RssMb = Machine.PeakMemory(),
            };
            var operations = FlopCount.Forward(graph, Size, Size, targets);
            IEnumerable<BenchResult> rows = peers.Count == 0
                ? [result.Alone(samples[0])]
                : peers.Select((peer, i) => result.Against(peer.Name, samples[0], samples[i + 1]));
            return [.. rows.Select(row => row.WithOperations(operations, context.PeakGflops))];
        }
        finally
        {
            foreach (var peer in peers)
            {
                await peer.DisposeAsync();
            }
        }
    }
}
