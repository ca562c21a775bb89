using CnnViz.Bench.Measuring;
using CnnViz.Bench.Peers;
using CnnViz.Engine;
using CnnViz.Engine.OneDnn;
using CnnViz.Models;

namespace CnnViz.Bench.Jobs;

/// <summary>
/// One ascent step of networks whose layers differ from the headline's: depthwise convolutions, smooth activations, squeeze and
/// excitation, concatenations, factorized kernels. Against a straight port to PyTorch at batch 1.
/// </summary>
internal sealed class NetworksJob : IBenchJob
{
    private const int Size = 224;
    private const int Border = 1;

    private static readonly (string Model, string Layer)[] _networks =
    [
        ("efficientnetb0-notop", "block5c_add"),
        ("mobilenetv2-notop", "block_12_add"),
        ("densenet121-notop", "conv4_block12_concat"),
        ("inceptionv3-notop", "mixed5"),
    ];

    public string Name => "networks";

    public string About => $"one ascent step at {Size} px of EfficientNetB0, MobileNetV2, DenseNet121 and InceptionV3, against PyTorch";

    public async Task<IReadOnlyList<BenchResult>> RunAsync(BenchContext context, CancellationToken cancellation)
    {
        var results = new List<BenchResult>();
        foreach (var (model, layer) in _networks)
        {
            results.AddRange(await MeasureAsync(context, model, layer, cancellation));
        }

        return results;
    }

    private async Task<IReadOnlyList<BenchResult>> MeasureAsync(
        BenchContext context, string model, string layer, CancellationToken cancellation)
    {
        var graph = context.Catalog.Load(model);
        var engine = new OneDnnEngine();
        var images = context.Quick ? 2 : 16;
        using var ascent = new Ascent(engine, graph, layer, Size, Border, PrecisionMode.Exact, wide: false);
        var port = new TorchPort
        {
            Job = "step",
            Network = NetworkFile.Write(graph, [layer], context.File("networks.json")),
            Size = Size,
            Border = Border,
            Images = context.Quick ? 2 : 4,
        };
        await using var peer = await port.TryStartAsync(context, "PyTorch, batch 1", cancellation);
        List<Runner> runners = [token => ascent.RunAsync(images, 1, token)];
        if (peer is not null)
        {
            await StepJob.CheckAsync(context, ascent, peer, cancellation);
            runners.Add(peer.Runner(port.Units));
        }

        var samples = await Interleaved.RunAsync(context.Rounds, runners, cancellation);
        var result = new BenchResult
        {
            Job = $"step, {model} {layer}, {Size} px, lanes",
            Group = Name,
            Engine = engine.Name,
            Precision = ascent.Precision,
        };
        var row = peer is null ? result.Alone(samples[0]) : result.Against(peer.Name, samples[0], samples[1]);
        return [row.WithOperations(FlopCount.Gradient(graph, Size, Size, layer), context.PeakGflops)];
    }
}
