using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Aspire.Hosting.Internal.Processes;

/// <summary>A process that cannot outlive the app host (see <see cref="LaunchScript"/>).</summary>
internal sealed class SupervisedProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TimeSpan _grace;
    private readonly TimeProvider _time;

    private SupervisedProcess(Process process, Action<string, bool> onLine, TimeSpan grace, TimeProvider time)
    {
        _process = process;
        _grace = grace;
        _time = time;
        Id = process.Id;
        Exited = RunToEndAsync(
            Task.WhenAll(PumpAsync(process.StandardOutput, false, onLine), PumpAsync(process.StandardError, true, onLine)));
    }

    /// <summary>Process id; also the id of its process group and session.</summary>
    public int Id { get; }

    /// <summary>Ends with the exit code (128 + n after signal n) when the process has ended and its output is read.</summary>
    public Task<int> Exited { get; }

    /// <param name="spec">What to start.</param>
    /// <param name="onLine">Gets each line of output, and whether it is from standard error; called from several threads.</param>
    /// <param name="grace">How long it may take to end after SIGTERM before SIGKILL.</param>
    /// <param name="time">Measures the grace period.</param>
    /// <exception cref="DistributedApplicationException">It could not be started.</exception>
    public static SupervisedProcess Start(ProcessSpec spec, Action<string, bool> onLine, TimeSpan grace, TimeProvider time)
    {
        var start = new ProcessStartInfo("setsid")
        {
            WorkingDirectory = spec.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var seconds = Math.Max(1, (int)Math.Ceiling(grace.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        string[] launcher = ["sh", "-c", LaunchScript.Launcher, "aspire-launch", LaunchScript.Watcher, seconds, spec.Command];
        foreach (var argument in launcher.Concat(spec.Arguments))
            start.ArgumentList.Add(argument);
        foreach (var name in spec.NotInherited)
            start.Environment.Remove(name);
        foreach (var (name, value) in spec.Environment)
            start.Environment[name] = value;
        start.Environment.Remove(LaunchScript.InputVariable);
        if (spec.StandardInput is not null)
            start.Environment[LaunchScript.InputVariable] = spec.StandardInput;

        try
        {
            var process = new Process { StartInfo = start, EnableRaisingEvents = true };
            process.Start();
            return new SupervisedProcess(process, onLine, grace, time);
        }
        catch (Exception e) when (e is Win32Exception or PlatformNotSupportedException)
        {
            throw new DistributedApplicationException(
                $"Cannot start '{spec.Command}' in '{spec.WorkingDirectory}': {e.Message} "
                + "(processes are started through sh and util-linux's setsid, which must be in PATH).", e);
        }
    }

    /// <summary>SIGTERM to the process and all it started; SIGKILL when it still runs after the grace period.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        Signal("TERM");
        try
        {
            return await Exited.WaitAsync(_grace, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Signal("KILL");
            return await Exited.ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private static async Task PumpAsync(StreamReader output, bool isError, Action<string, bool> onLine)
    {
        while (await output.ReadLineAsync().ConfigureAwait(false) is { } line)
            onLine(line, isError);
    }

    private async Task<int> RunToEndAsync(Task output)
    {
        // Process.WaitForExitAsync also waits for the end of output, which a grandchild could hold open.
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.Exited += (_, _) => exited.TrySetResult();
        if (_process.HasExited)
            exited.TrySetResult();
        await exited.Task.ConfigureAwait(false);

        // The watcher now ends whatever the process left behind, and with that the output ends.
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A signal could not be delivered because the watcher is gone; see Signal.
        }

        await output.ConfigureAwait(false);
        return _process.ExitCode;
    }

    private void Signal(string name)
    {
        if (_process.HasExited)
            return;
        try
        {
            _process.StandardInput.WriteLine(name);
            _process.StandardInput.Flush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The watcher is gone (killed by hand) or the process ended this moment; Kill does nothing in the second case.
            _process.Kill(entireProcessTree: true);
        }
    }
}
