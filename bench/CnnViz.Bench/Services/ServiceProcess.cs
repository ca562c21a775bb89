using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CnnViz.Bench.Measuring;
using CnnViz.Cli.Stack;
using Grpc.Net.Client;

namespace CnnViz.Bench.Services;

/// <summary>One service of the stack with settings of its own, as a process on free loopback ports.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;

    private ServiceProcess(Process process, int port)
    {
        _process = process;
        Address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        Channel = GrpcChannel.ForAddress(Address);
    }

    /// <summary>Where gRPC is.</summary>
    public string Address { get; }

    public GrpcChannel Channel { get; }

    /// <summary>Processor time that it has used so far, in milliseconds.</summary>
    public double ProcessorMs => ProcessorTime.Of(_process);

    /// <summary>Most resident memory that it ever had, in MiB.</summary>
    public double? PeakMemory => Machine.PeakMemory(_process.Id);

    /// <summary>Whether the services are built.</summary>
    /// <param name="service">"CnnViz.Inference" or "CnnViz.Render".</param>
    /// <returns>The program beside the app host's, which CNNVIZ_APPHOST names; null where there is none.</returns>
    public static string? Program(string service)
    {
        if (Environment.GetEnvironmentVariable(AppHostLocator.Variable) is not { Length: > 0 } appHost)
        {
            return null;
        }

        var output = new DirectoryInfo(Path.GetDirectoryName(Path.GetFullPath(appHost))!);
        var program = Path.Combine(output.Parent!.Parent!.FullName, service, output.Name, service + ".dll");
        return File.Exists(program) ? program : null;
    }

    /// <summary>Starts a service and waits until it is healthy.</summary>
    /// <param name="program">From <see cref="Program"/>.</param>
    /// <param name="settings">Its environment variables beside the bench's own.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<ServiceProcess> StartAsync(
        string program, IEnumerable<(string Name, string Value)> settings, CancellationToken cancellation)
    {
        var (grpc, http) = (FreePort(), FreePort());
        var start = new ProcessStartInfo(Environment.ProcessPath!, [program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["CNNVIZ_GRPC_PORT"] = grpc.ToString(CultureInfo.InvariantCulture);
        start.Environment["CNNVIZ_HTTP_PORT"] = http.ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        // What it says is read, so that it never waits for a reader, and dropped.
        var service = new ServiceProcess(new Process { StartInfo = start }, grpc);
        try
        {
            service._process.OutputDataReceived += (_, _) => { };
            service._process.ErrorDataReceived += (_, _) => { };
            service._process.Start();
            service._process.BeginOutputReadLine();
            service._process.BeginErrorReadLine();
            await service.HealthyAsync(http, cancellation);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task HealthyAsync(int port, CancellationToken cancellation)
    {
        using var client = new HttpClient();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_limit);
        var health = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/health"));
        while (true)
        {
            try
            {
                if ((await client.GetAsync(health, limit.Token)).IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // Not listening yet.
            }

            await Task.Delay(_look, limit.Token);
        }
    }
}
