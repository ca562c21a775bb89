using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using CnnViz.Cache.Tests.Support;
using CnnViz.V1;
using Grpc.Net.Client;

namespace CnnViz.Inference.Tests.Runs;

/// <summary>A replica as a process of its own, with its real engines, that can be killed.</summary>
internal sealed partial class InferenceProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly GrpcChannel _channel;

    private InferenceProcess(Process process, Uri address)
    {
        (_process, Address) = (process, address);
        _channel = GrpcChannel.ForAddress(address);
        Maximizations = new MaximizationService.MaximizationServiceClient(_channel);
        Inference = new InferenceService.InferenceServiceClient(_channel);
    }

    public Uri Address { get; }

    public MaximizationService.MaximizationServiceClient Maximizations { get; }

    public InferenceService.InferenceServiceClient Inference { get; }

    public static async Task<InferenceProcess> StartAsync(RedisServer redis)
    {
        // The service's own output, beside that of the tests.
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var program = Path.GetFullPath(Path.Combine(
            AppContext.BaseDirectory, "..", "..", "CnnViz.Inference", configuration, "CnnViz.Inference.dll"));
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [program])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["ConnectionStrings__redis"] = redis.ConnectionString,
                    ["CNNVIZ_GRPC_PORT"] = "0",
                    // Steps of a millisecond: else the run would be over before its first checkpoint.
                    ["Runs__CheckpointPause"] = "0",
                },
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
        return new InferenceProcess(process, await ready.Task.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    /// <summary>Ends it at once (SIGKILL): it can do nothing more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();
}
