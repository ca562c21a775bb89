using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using CnnViz.V1;
using Grpc.Net.Client;

namespace CnnViz.Stack.Tests;

/// <summary>A second inference service, a process of its own, on the model root of another.</summary>
internal sealed partial class Replica : IAsyncDisposable
{
    private readonly Process _process;
    private readonly GrpcChannel _channel;

    private Replica(Process process, Uri address)
    {
        _process = process;
        _channel = GrpcChannel.ForAddress(address);
        Inference = new InferenceService.InferenceServiceClient(_channel);
    }

    public InferenceService.InferenceServiceClient Inference { get; }

    public static async Task<Replica> StartAsync(string modelRoot)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [StackFixture.Program("CnnViz.Inference", "CnnViz.Inference")])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["CNNVIZ_MODELS"] = modelRoot, ["CNNVIZ_GRPC_PORT"] = "0" },
            },
        };
        var ready = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new StringBuilder();
        process.OutputDataReceived += (_, line) =>
        {
            log.AppendLine(line.Data);
            if (line.Data is null)
            {
                ready.TrySetException(new InvalidOperationException($"the service ended:\n{log}"));
            }
            else if (Listening().Match(line.Data) is { Success: true } match)
            {
                // The gRPC port is told first.
                ready.TrySetResult(new Uri(match.Groups[1].Value));
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new Replica(process, await ready.Task.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();
}
