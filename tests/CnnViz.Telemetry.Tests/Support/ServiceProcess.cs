using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using CnnViz.Tests.Shared;
using Grpc.Net.Client;

namespace CnnViz.Telemetry.Tests.Support;

/// <summary>A service of the product as a process of its own, on free ports.</summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    private const int Sigterm = 15;

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    private ServiceProcess(Process process, IReadOnlyList<Uri> addresses)
    {
        _process = process;
        (Grpc, Http) = (addresses[0], addresses[1]);
        Channel = GrpcChannel.ForAddress(Grpc);
    }

    public Uri Grpc { get; }

    /// <summary>Where pages and probes are.</summary>
    public Uri Http { get; }

    public GrpcChannel Channel { get; }

    /// <param name="service">The program, such as "CnnViz.Inference".</param>
    /// <param name="settings">Its environment, beside this one's.</param>
    public static async Task<ServiceProcess> StartAsync(string service, params IEnumerable<(string Name, string Value)> settings)
    {
        // The service's own output, beside that of the tests.
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var program = Path.GetFullPath(
            Path.Combine(AppContext.BaseDirectory, "..", "..", service, configuration, service + ".dll"));
        var start = new ProcessStartInfo("dotnet", [program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["CNNVIZ_MODELS"] = RepositoryPaths.Models, ["OTEL_SERVICE_NAME"] = null },
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start };
        var ready = new TaskCompletionSource<IReadOnlyList<Uri>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new StringBuilder();
        var addresses = new List<Uri>();
        process.OutputDataReceived += (_, line) =>
        {
            log.AppendLine(line.Data);
            if (line.Data is null)
            {
                ready.TrySetException(new InvalidOperationException($"the service ended:\n{log}"));
            }
            else if (Listening().Match(line.Data) is { Success: true } match)
            {
                // The gRPC port is told first, then that of HTTP/1.1.
                addresses.Add(new Uri(match.Groups[1].Value));
                if (addresses.Count == 2)
                {
                    ready.TrySetResult(addresses);
                }
            }
        };
        process.ErrorDataReceived += (_, line) => log.AppendLine(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServiceProcess(process, await ready.Task.WaitAsync(_patience));
    }

    public async Task<string> GetAsync(string path)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri(Http, path));
    }

    /// <summary>Ends it as an operator would: it may send what it has.</summary>
    public async Task StopAsync()
    {
        _ = Kill(_process.Id, Sigterm);
        await _process.WaitForExitAsync().WaitAsync(_patience);
    }

    /// <summary>Ends it at once: it can do nothing more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(_patience);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Kill(int process, int signal);

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();
}
