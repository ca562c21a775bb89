using System.Diagnostics;
using System.Globalization;

namespace CnnViz.Cli.Stack;

/// <summary>A stack of services on this machine, run by the AppHost as a child process while this object lives.</summary>
internal sealed class LocalStack : IAsyncDisposable
{
    // Enough for an exception with its stack trace.
    private const int KeptLines = 30;

    private static readonly TimeSpan _drainLimit = TimeSpan.FromSeconds(2);

    private readonly LocalStackOptions _options;
    private readonly TimeProvider _time;
    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly LastLines _lines = new(KeptLines);

    // Unlike Process.WaitForExitAsync this does not also wait for the pipes, which a grandchild may hold open.
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _started;
    private bool _disposed;

    private LocalStack(LocalStackOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _folder = Directory.CreateTempSubdirectory("cnnviz-");
        _process = new Process
        {
            StartInfo = StartInfo(options, EndpointsFile),
            EnableRaisingEvents = true,
        };
        _process.Exited += (_, _) => _exited.TrySetResult();
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    /// <summary>Where its services listen.</summary>
    public StackEndpoints Endpoints { get; private set; } = null!;

    /// <summary>The AppHost's process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Whether the AppHost has ended by itself.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The last lines it wrote, each on a line of its own, indented.</summary>
    public string LastOutput => _lines.ToString();

    private string EndpointsFile => Path.Combine(_folder.FullName, "endpoints.json");

    /// <summary>Starts the AppHost and waits for its list of endpoints, which it writes when all are healthy.</summary>
    /// <exception cref="CliException">It could not be started, ended first, or took too long.</exception>
    public static async Task<LocalStack> StartAsync(LocalStackOptions options, TimeProvider time, CancellationToken cancellation)
    {
        var stack = new LocalStack(options, time);
        try
        {
            await stack.StartAsync(cancellation);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the AppHost and with it all services: asks, waits for the grace period, then kills.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_started)
            await StopAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        using var arrival = new FileArrival(EndpointsFile);
        try
        {
            _process.Start();
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new CliException($"The AppHost '{_options.AppHost}' could not be started: {exception.Message}");
        }

        _started = true;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        Task first;
        try
        {
            first = await Task.WhenAny(arrival.Arrived, _exited.Task).WaitAsync(_options.StartTimeout, _time, cancellation);
        }
        catch (TimeoutException)
        {
            throw new CliException(
                $"The services were not ready within {_options.StartTimeout.TotalSeconds:0} s. "
                + $"The last lines of the AppHost:{LastOutput}");
        }

        if (first == _exited.Task)
        {
            await DrainAsync(cancellation);
            throw new CliException(
                $"The AppHost ended with code {_process.ExitCode} before the services were ready. Its last lines:{LastOutput}");
        }

        await first;
        Endpoints = StackEndpoints.Parse(await File.ReadAllTextAsync(EndpointsFile, cancellation));
    }

    private async Task StopAsync()
    {
        if (!_process.HasExited)
            ProcessSignals.Terminate(_process);
        try
        {
            await _exited.Task.WaitAsync(_options.StopGrace, _time);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await _exited.Task;
        }
    }

    // Its last words may still be in the pipe when it is gone.
    private async Task DrainAsync(CancellationToken cancellation)
    {
        try
        {
            await _process.WaitForExitAsync(cancellation).WaitAsync(_drainLimit, _time, cancellation);
        }
        catch (TimeoutException)
        {
            // A child of its own holds the pipe; what has arrived must do.
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        _lines.Add(line);
        _options.Echo?.Invoke(line);
    }

    private static ProcessStartInfo StartInfo(LocalStackOptions options, string endpointsFile)
    {
        var appHost = options.AppHost;
        var managed = Path.GetExtension(appHost).Equals(".dll", StringComparison.OrdinalIgnoreCase);
        var info = new ProcessStartInfo(managed ? DotnetHost() : appHost)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment =
            {
                ["CNNVIZ_ENDPOINTS_FILE"] = endpointsFile,
                // Aspire's app host stops by itself when the process of this id is gone, so that a tool that was killed leaves
                // nothing behind.
                ["ASPIRE_CLI_PID"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            },
        };
        if (managed)
            info.ArgumentList.Add(appHost);
        if (options.ModelFolder is not null)
            info.Environment["CNNVIZ_MODEL_FILES"] = options.ModelFolder;
        if (options.InferenceReplicas > 1)
            info.Environment["CNNVIZ_INFERENCE_REPLICAS"] = options.InferenceReplicas.ToString(CultureInfo.InvariantCulture);
        return info;
    }

    // The same runtime that runs this tool, if it was started through one.
    private static string DotnetHost() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
}
