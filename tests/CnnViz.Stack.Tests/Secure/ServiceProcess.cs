using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace CnnViz.Stack.Tests.Secure;

/// <summary>A service as a process of its own, with everything that it has said.</summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log;

    private ServiceProcess(Process process, StringBuilder log, Uri grpc, Uri http) =>
        (_process, _log, Grpc, Http) = (process, log, grpc, http);

    /// <summary>The gRPC port.</summary>
    public Uri Grpc { get; }

    /// <summary>The port of probes.</summary>
    public Uri Http { get; }

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <param name="name">Of the program, for example "CnnViz.Render".</param>
    /// <param name="settings">As environment variables.</param>
    public static async Task<ServiceProcess> StartAsync(string name, IReadOnlyDictionary<string, string> settings)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [StackFixture.Program(name, name)])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        foreach (var (key, value) in settings)
        {
            process.StartInfo.Environment[key] = value;
        }

        var log = new StringBuilder();
        var listening = new List<Uri>();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            lock (log)
            {
                log.AppendLine(line.Data);
                if (line.Data is null)
                {
                    ready.TrySetException(new InvalidOperationException($"{name} ended:\n{log}"));
                }
                else if (Listening().Match(line.Data) is { Success: true } match)
                {
                    listening.Add(new Uri(match.Groups[1].Value));
                    if (listening.Count == 2)
                    {
                        ready.TrySetResult();
                    }
                }
            }
        };
        process.ErrorDataReceived += (_, line) =>
        {
            lock (log)
            {
                log.AppendLine(line.Data);
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromMinutes(2));
        return new ServiceProcess(process, log, listening[0], listening[1]);
    }

    /// <summary>Asks the process to end, as a machine's shutdown or a cluster does.</summary>
    public void Terminate()
    {
        const int sigterm = 15;
        _ = Kill(_process.Id, sigterm);
    }

    /// <summary>Waits until it has ended; returns its exit code.</summary>
    public async Task<int> EndedAsync(TimeSpan limit)
    {
        using var stop = new CancellationTokenSource(limit);
        await _process.WaitForExitAsync(stop.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Kill(int process, int signal);
}
