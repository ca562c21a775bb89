using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace CnnViz.AppHost.Tests.Infrastructure;

/// <summary>
/// A program under test in a process of its own. All it starts inherits a mark in its environment, to be found by.
/// </summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private const string MarkVariable = "APPHOST_TEST_MARK";

    /// <summary>For anything that is not about time; never what a test asserts.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<string> _seen = [];
    private readonly Task _pumps;

    private HostProcess(Process process, string mark)
    {
        _process = process;
        Mark = mark;
        _pumps = Task.WhenAll(PumpAsync(process.StandardOutput), PumpAsync(process.StandardError));
        _ = _pumps.ContinueWith(_ => _lines.Writer.Complete(), TaskScheduler.Default);
    }

    /// <summary>"name=value" of the marking variable.</summary>
    public string Mark { get; }

    /// <summary>All lines read by now.</summary>
    public string Output => string.Join('\n', _seen);

    /// <summary>Path of what a project of this repository built, next to this test project's own output.</summary>
    public static string OutputOf(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, $"{project}.dll");
    }

    /// <summary>Starts a built .NET program.</summary>
    public static HostProcess Start(
        string assembly, IEnumerable<string> arguments, params (string Name, string? Value)[] environment)
    {
        var dotnet = Path.GetFullPath("../../../dotnet", RuntimeEnvironment.GetRuntimeDirectory());
        // A shell that runs tests in the background has SIGINT ignored, and children inherit that.
        var start = new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT", dotnet, assembly, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var mark = Guid.NewGuid().ToString("N");
        start.Environment[MarkVariable] = mark;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new HostProcess(Process.Start(start)!, $"{MarkVariable}={mark}");
    }

    /// <summary>The next line that fulfils a condition.</summary>
    public async Task<string> WaitForLineAsync(Func<string, bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(limit.Token))
            {
                _seen.Add(line);
                if (condition(line))
                    return line;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The line did not come. Output:\n{Output}");
        }

        throw new InvalidOperationException($"The program ended before the line came. Output:\n{Output}");
    }

    /// <summary>Waits for the end and reads what is left of the output.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        await foreach (var line in _lines.Reader.ReadAllAsync())
            _seen.Add(line);
        return _process.ExitCode;
    }

    /// <summary>As Ctrl-C does.</summary>
    public async Task InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-s", "INT", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>The processes that it started and that run now.</summary>
    public IReadOnlyList<Process> Children() => ProcessTable.ChildrenOf(_process.Id);

    /// <summary>SIGKILL to this one process.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        // What is under test must take its own down with it; this is for tests that failed before they could see to that.
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        foreach (var left in ProcessTable.WithEnvironment(Mark))
            left.Kill();
        _process.Dispose();
    }

    private async Task PumpAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
            _lines.Writer.TryWrite(line);
    }
}
