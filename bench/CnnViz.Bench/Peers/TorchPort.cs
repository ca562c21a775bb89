using System.Text.Json;
using CnnViz.Bench.Measuring;

namespace CnnViz.Bench.Peers;

/// <summary>One of the bench's jobs, ported straight to PyTorch (bench/peers/torch_peer.py).</summary>
internal sealed record TorchPort
{
    // A python in front of the system's on PATH has not the system's packages.
    private const string Python = "/usr/bin/python3";

    /// <summary>"step", "forward" or "lucid".</summary>
    public required string Job { get; init; }

    /// <summary>What <see cref="NetworkFile"/> wrote.</summary>
    public required string Network { get; init; }

    public required int Size { get; init; }

    public int Batch { get; init; } = 1;

    public bool ChannelsLast { get; init; }

    /// <summary>Cells of the feature map left out of the objective on each side.</summary>
    public int Border { get; init; }

    /// <summary>Pictures of one repetition.</summary>
    public int Images { get; init; } = 1;

    /// <summary>Steps of one repetition.</summary>
    public int Steps { get; init; } = 1;

    /// <summary>Image-steps of one repetition, or passes.</summary>
    public double Units => Images * (double)Steps;

    /// <summary>
    /// Starts the port twice, with OpenMP's idle threads spinning as they do by default and sleeping at once, and keeps the
    /// faster: which one that is depends on what else the machine does. Null where PyTorch is missing.
    /// </summary>
    public async Task<Peer?> TryStartAsync(BenchContext context, string name, CancellationToken cancellation) =>
        (await TryStartFasterAsync(context, name, cancellation))?.Peer;

    /// <summary>Tries several batch sizes once each and keeps the fastest; null where PyTorch is missing.</summary>
    public async Task<(TorchPort Port, Peer Peer)?> TryStartBestBatchAsync(
        BenchContext context, string name, IReadOnlyList<int> batches, CancellationToken cancellation)
    {
        (TorchPort Port, Peer Peer, double Ms)? best = null;
        foreach (var batch in batches)
        {
            var port = this with { Batch = batch };
            if (await port.TryStartFasterAsync(context, $"{name}, batch {batch}", cancellation) is not { } tried)
            {
                break;
            }

            var worse = best is null || tried.Ms < best.Value.Ms ? best?.Peer : tried.Peer;
            best = worse == tried.Peer ? best : (port, tried.Peer, tried.Ms);
            await (worse?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        return best is { } fastest ? (fastest.Port, fastest.Peer) : null;
    }

    private async Task<(Peer Peer, double Ms)?> TryStartFasterAsync(
        BenchContext context, string name, CancellationToken cancellation)
    {
        (Peer Peer, double Ms)? best = null;
        foreach (var policy in (string?[])[null, "passive"])
        {
            if (await Peer.TryStartAsync(context, name, Python, Arguments(context), cancellation, policy) is not { } peer)
            {
                break;
            }

            var runner = peer.Runner(Units);
            _ = await runner(cancellation);
            var ms = await runner(cancellation);
            var worse = best is null || ms < best.Value.Ms ? best?.Peer : peer;
            best = worse == peer ? best : (peer, ms);
            await (worse?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        return best;
    }

    private string[] Arguments(BenchContext context)
    {
        var job = new
        {
            job = Job,
            network = Network,
            threads = Machine.Cores,
            height = Size,
            width = Size,
            batch = Batch,
            channels_last = ChannelsLast,
            border = Border,
            images = Images,
            steps = Steps,
        };
        return [Path.Combine(context.Peers, "torch_peer.py"), JsonSerializer.Serialize(job)];
    }
}
