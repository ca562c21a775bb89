using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CnnViz.Bench.Measuring;

namespace CnnViz.Bench.Peers;

/// <summary>
/// Another program that does the same job: a child process that is kept alive and does one timed repetition per line that it is
/// sent (bench/peers/protocol.py), so that its repetitions and ours can take turns.
/// </summary>
internal sealed class Peer : IAsyncDisposable
{
    private static readonly TimeSpan _startLimit = TimeSpan.FromMinutes(2);

    /// <summary>What is set for our own process; a peer runs as its users run it.</summary>
    private static readonly string[] _ours =
        ["OMP_WAIT_POLICY", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_"];

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private Peer(Process process, string name) => (_process, Name) = (process, name);

    /// <summary>What is compared with, for the table.</summary>
    public string Name { get; }

    /// <summary>What it says of itself: library, version, threads.</summary>
    public string About { get; private set; } = "";

    /// <summary>Starts a peer; null, and a word to the terminal, where it cannot run here.</summary>
    /// <param name="context">Where things are.</param>
    /// <param name="name">What is compared with.</param>
    /// <param name="program">Its program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="waitPolicy">What OpenMP's idle threads do, "active" or "passive"; null for OpenMP's default.</param>
    public static async Task<Peer?> TryStartAsync(
        BenchContext context,
        string name,
        string program,
        IReadOnlyList<string> arguments,
        CancellationToken cancellation,
        string? waitPolicy = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = context.Peers,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        foreach (var variable in _ours)
        {
            start.Environment.Remove(variable);
        }

        if (waitPolicy is not null)
        {
            start.Environment["OMP_WAIT_POLICY"] = waitPolicy;
        }

        var peer = new Peer(new Process { StartInfo = start }, name);
        try
        {
            peer._process.ErrorDataReceived += peer.Keep;
            peer._process.Start();
            peer._process.BeginErrorReadLine();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(_startLimit);
            peer.About = (await peer.ReadAsync(limit.Token)).GetProperty("ready").GetString()!;
            context.Say($"peer: {name} ({peer.About})");
            return peer;
        }
        catch (Exception exception) when (
            exception is System.ComponentModel.Win32Exception or PeerException
            || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            context.Say($"peer left out: {name}: {exception.Message.Trim()}");
            await peer.DisposeAsync();
            return null;
        }
    }

    /// <summary>A runner of its repetitions.</summary>
    /// <param name="units">Units of one repetition.</param>
    public Runner Runner(double units) => async cancellation =>
    {
        await _process.StandardInput.WriteLineAsync("run".AsMemory(), cancellation);
        await _process.StandardInput.FlushAsync(cancellation);
        return (await ReadAsync(cancellation)).GetProperty("ms").GetDouble() / units;
    };

    /// <summary>What it computes for an input.</summary>
    public async Task<float[]> CheckAsync(BenchContext context, float[] input, CancellationToken cancellation)
    {
        var (from, to) = (context.File("check-in.f32"), context.File("check-out.f32"));
        await File.WriteAllBytesAsync(from, MemoryMarshal.AsBytes(input.AsSpan()).ToArray(), cancellation);
        await _process.StandardInput.WriteLineAsync($"check\t{from}\t{to}".AsMemory(), cancellation);
        await _process.StandardInput.FlushAsync(cancellation);
        _ = (await ReadAsync(cancellation)).GetProperty("done");
        return MemoryMarshal.Cast<byte, float>(await File.ReadAllBytesAsync(to, cancellation)).ToArray();
    }

    /// <summary>Ends it by ending its input.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited)
            {
                _process.StandardInput.Close();
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
                await _process.WaitForExitAsync(limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It was never started.
        }

        _process.Dispose();
    }

    private async Task<JsonElement> ReadAsync(CancellationToken cancellation)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancellation);
        if (line is null)
        {
            await _process.WaitForExitAsync(cancellation);
            throw new PeerException($"it ended: {LastError()}");
        }

        using var json = JsonDocument.Parse(line);
        return json.RootElement.TryGetProperty("error", out var error)
            ? throw new PeerException(error.GetString()!)
            : json.RootElement.Clone();
    }

    private string LastError()
    {
        lock (_errors)
        {
            return _errors.ToString().Trim().Split('\n')[^1];
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_errors)
        {
            _errors.AppendLine(line.Data);
        }
    }
}

/// <summary>A peer cannot do what it is asked.</summary>
internal sealed class PeerException(string message) : Exception(message);
