using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Grpc.Net.Client;

namespace CnnViz.Stack.Tests.Faults;

/// <summary>A service of the stack as a process of its own, on ports that it keeps, that can be killed, held and ended.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private const int Sigterm = 15;
    private const int Sigcont = 18;
    private const int Sigstop = 19;

    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(50);
    private readonly string _assembly;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly StringBuilder _log = new();
    private Process? _process;

    private ServiceProcess(string assembly, IReadOnlyDictionary<string, string> settings)
    {
        (_assembly, _settings) = (assembly, settings);
        var ports = FreePorts(2);
        Grpc = Loopback(ports[0]);
        Http = Loopback(ports[1]);
        Channel = GrpcChannel.ForAddress(Grpc, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true },
        });
    }

    /// <summary>Its number while it lives.</summary>
    public int Id => _process!.Id;

    /// <summary>Where gRPC is.</summary>
    public Uri Grpc { get; }

    /// <summary>Where the probes are.</summary>
    public Uri Http { get; }

    /// <summary>A connection of the tests' own.</summary>
    public GrpcChannel Channel { get; }

    /// <summary>All that it has written, over all its lives.</summary>
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

    /// <summary>Starts one and waits until it is healthy.</summary>
    /// <param name="assembly">"CnnViz.Inference" or "CnnViz.Render".</param>
    /// <param name="settings">Environment variables.</param>
    public static async Task<ServiceProcess> StartAsync(string assembly, IReadOnlyDictionary<string, string> settings)
    {
        var service = new ServiceProcess(assembly, settings);
        try
        {
            await service.StartAgainAsync();
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it on its ports, after it has ended.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo("dotnet", [StackFixture.Program(_assembly, _assembly)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _settings)
        {
            start.Environment[name] = value;
        }

        start.Environment["CNNVIZ_GRPC_PORT"] = Grpc.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["CNNVIZ_HTTP_PORT"] = Http.Port.ToString(CultureInfo.InvariantCulture);
        _process?.Dispose();
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await HealthyAsync();
    }

    /// <summary>SIGKILL: it can do nothing more.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGSTOP: it holds its connections and does nothing.</summary>
    public void Hold() => Signal(Sigstop);

    /// <summary>SIGCONT.</summary>
    public void Resume() => Signal(Sigcont);

    /// <summary>SIGTERM, and waits until it has ended by itself; returns its exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Signal(Sigterm);
        using var limit = new CancellationTokenSource(_limit);
        await _process!.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
    }

    /// <summary>Different ports that nobody has, all told at once so that none is told twice.</summary>
    private static List<int> FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToList();
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }

    private static Uri Loopback(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    private async Task HealthyAsync()
    {
        using var client = new HttpClient();
        using var limit = new CancellationTokenSource(_limit);
        for (var healthy = false; !healthy;)
        {
            Assert.False(_process!.HasExited, $"{_assembly} ended:\n{Log}");
            try
            {
                healthy = (await client.GetAsync(new Uri(Http, "/health"), limit.Token)).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(healthy ? TimeSpan.Zero : _look, limit.Token);
        }
    }

    private void Signal(int signal) => Assert.Equal(0, Kill(_process!.Id, signal));

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            _log.AppendLine(line.Data);
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Kill(int process, int signal);
}
