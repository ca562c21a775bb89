using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CnnViz.Cache.Tests.Support;

/// <summary>A redis-server of its own on a free loopback port. It keeps nothing on disk.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    public const string Program = "/usr/bin/redis-server";

    private readonly string? _password;
    private Process? _process;

    private RedisServer(int port, string? password) => (Port, _password) = (port, password);

    public int Port { get; }

    public string ConnectionString => WithPassword(_password);

    public static async Task<RedisServer> StartAsync(string? password = null)
    {
        var server = new RedisServer(FreePort(), password);
        await server.StartAgainAsync();
        return server;
    }

    public string WithPassword(string? password) =>
        string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}") + (password is null ? "" : $",password={password}");

    public async Task StartAgainAsync()
    {
        var settings = new ProcessStartInfo(Program, "-")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        _process = Process.Start(settings)!;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null || line.Data.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        };
        _process.BeginOutputReadLine();
        await _process.StandardInput.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"bind 127.0.0.1\nport {Port}\nsave \"\"\nappendonly no\n")
            + (_password is null ? "" : $"requirepass {_password}\n"));
        _process.StandardInput.Close();
        await ready.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.False(_process.HasExited, "redis-server did not start");
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>The server hangs: it holds its connections and answers nothing.</summary>
    public Task PauseAsync() => SignalAsync("-STOP");

    public Task ResumeAsync() => SignalAsync("-CONT");

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}

/// <summary>A test that needs a real redis-server.</summary>
internal sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute() => Skip = File.Exists(RedisServer.Program) ? null : $"{RedisServer.Program} is not installed";
}
