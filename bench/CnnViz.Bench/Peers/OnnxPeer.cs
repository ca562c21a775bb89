using System.Diagnostics;
using CnnViz.Bench.Measuring;

namespace CnnViz.Bench.Peers;

/// <summary>
/// ONNX Runtime in Node.js on a network that PyTorch exported from the same weights (bench/peers/onnx_peer.mjs).
/// </summary>
internal static class OnnxPeer
{
    public static async Task<Peer?> TryStartAsync(
        BenchContext context, string network, int size, int outputs, CancellationToken cancellation)
    {
        const string name = "ONNX Runtime";
        var runtime = Path.Combine(context.Root, "tests", "Parity", "onnxruntime", "node_modules", "onnxruntime-node");
        if (!Directory.Exists(runtime))
        {
            context.Say($"peer left out: {name}: onnxruntime-node is not installed");
            return null;
        }

        var model = Path.ChangeExtension(network, ".onnx");
        if (await ExportAsync(context, network, size, model, cancellation) is { } failure)
        {
            context.Say($"peer left out: {name}: the network could not be exported: {failure}");
            return null;
        }

        var script = Path.Combine(context.Peers, "onnx_peer.mjs");
        string[] arguments = [script, runtime, model, $"{size}", $"{size}", $"{Machine.Cores}", $"{outputs}"];
        return await Peer.TryStartAsync(context, name, "node", arguments, cancellation);
    }

    /// <summary>Why it failed; null where it did not.</summary>
    private static async Task<string?> ExportAsync(
        BenchContext context, string network, int size, string model, CancellationToken cancellation)
    {
        string[] arguments = [Path.Combine(context.Peers, "export_onnx.py"), network, $"{size}", $"{size}", model];
        var start = new ProcessStartInfo("/usr/bin/python3", arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["PYTHONDONTWRITEBYTECODE"] = "1" },
        };
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = await process.StandardError.ReadToEndAsync(cancellation);
            await output;
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0 ? null : errors.Trim().Split('\n')[^1];
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return exception.Message;
        }
    }
}
