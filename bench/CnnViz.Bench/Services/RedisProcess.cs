using System.Diagnostics;
using System.Globalization;
using CnnViz.Bench.Measuring;

namespace CnnViz.Bench.Services;

/// <summary>A redis-server of the bench's own on a free loopback port, which keeps nothing on disk.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private const string Program = "/usr/bin/redis-server";

    private readonly int _port = ServiceProcess.FreePort();
    private Process _process = null!;

    private RedisProcess()
    {
    }

    /// <summary>For ConnectionStrings__redis.</summary>
    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    /// <summary>Processor time that it has used so far, in milliseconds.</summary>
    public double ProcessorMs => ProcessorTime.Of(_process);

    /// <summary>Starts one; null, and a word to the terminal, where none is installed.</summary>
    public static async Task<RedisProcess?> TryStartAsync(BenchContext context, CancellationToken cancellation)
    {
        if (!File.Exists(Program))
        {
            context.Say($"{Program} is not installed: nothing about Redis is measured");
            return null;
        }

        var redis = new RedisProcess();
        await redis.StartAsync(cancellation);
        return redis;
    }

    /// <summary>Starts the server, again after it was killed.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Program, ["-"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("Ready to accept connections", StringComparison.Ordinal) != false)
            {
                ready.TrySetResult();
            }
        };
        _process.Start();
        _process.BeginOutputReadLine();
        await _process.StandardInput.WriteAsync(string.Create(
            CultureInfo.InvariantCulture, $"bind 127.0.0.1\nport {_port}\nsave \"\"\nappendonly no\n"));
        _process.StandardInput.Close();
        await ready.Task.WaitAsync(cancellation);
    }

    /// <summary>It is gone at once.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>It holds its connections and answers nothing.</summary>
    public Task HoldAsync() => SignalAsync("-STOP");

    public Task ResumeAsync() => SignalAsync("-CONT");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
