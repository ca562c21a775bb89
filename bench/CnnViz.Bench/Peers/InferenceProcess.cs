using System.Diagnostics;
using System.Text.RegularExpressions;
using CnnViz.V1;
using Grpc.Net.Client;

namespace CnnViz.Bench.Peers;

/// <summary>An inference service as a process of its own, without Redis, with settings of its own.</summary>
internal sealed partial class InferenceProcess : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    // As the app host gives them to every service.
    private static readonly (string Name, string Value)[] _engine =
    [
        ("OMP_WAIT_POLICY", "passive"),
        ("GOMP_SPINCOUNT", "10000"),
        ("MALLOC_MMAP_THRESHOLD_", "33554432"),
        ("MALLOC_TRIM_THRESHOLD_", "8589934592"),
        ("MALLOC_TOP_PAD_", "67108864"),
    ];

    private readonly Process _process;
    private readonly GrpcChannel _channel;

    private InferenceProcess(Process process, Uri address)
    {
        _process = process;
        _channel = GrpcChannel.ForAddress(address);
        Client = new InferenceService.InferenceServiceClient(_channel);
    }

    public InferenceService.InferenceServiceClient Client { get; }

    /// <summary>Of the process, for what is asked of the system about it.</summary>
    public int Id => _process.Id;

    /// <param name="program">CnnViz.Inference.dll.</param>
    /// <param name="models">The folder of the models.</param>
    /// <param name="settings">Environment variables of its own.</param>
    /// <param name="cancellation">Ends the wait for it.</param>
    /// <exception cref="InvalidOperationException">It ended.</exception>
    public static async Task<InferenceProcess> StartAsync(
        string program, string models, IEnumerable<(string Name, string Value)> settings, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", [program]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _engine.Append(("CNNVIZ_MODELS", models)).Concat(settings))
        {
            start.Environment[name] = value;
        }

        var ready = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                ready.TrySetException(new InvalidOperationException("the inference service ended"));
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
        try
        {
            return new InferenceProcess(process, await ready.Task.WaitAsync(_patience, cancellation));
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();
}
