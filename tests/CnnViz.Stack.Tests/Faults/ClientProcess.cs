using System.Diagnostics;
using CnnViz.Tests.Shared;

namespace CnnViz.Stack.Tests.Faults;

/// <summary>A client in another language that runs while something happens to the services.</summary>
internal sealed class ClientProcess : IAsyncDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);
    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly List<(string Line, long At)> _lines = [];
    private readonly List<string> _errors = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ClientProcess(string program, IEnumerable<string> arguments)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = RepositoryPaths.Root,
                Environment = { ["PYTHONDONTWRITEBYTECODE"] = "1" },
            },
        };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_gate)
            {
                _errors.Add(line.Data ?? "");
            }
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has written, and when each line came.</summary>
    public IReadOnlyList<(string Line, long At)> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>What it has complained of.</summary>
    public string Errors
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _errors);
            }
        }
    }

    /// <summary>A program of clients/node or beside this file, on Node.js.</summary>
    public static async Task<ClientProcess> NodeAsync(string script, params IEnumerable<string> arguments)
    {
        await NodeClientTests.Installed;
        return new ClientProcess("node", arguments.Prepend(script));
    }

    /// <summary>A program of clients/python or beside this file, on the system's Python.</summary>
    public static ClientProcess Python(string script, params IEnumerable<string> arguments) =>
        new("/usr/bin/python3", arguments.Prepend(script));

    /// <summary>A program beside this file.</summary>
    public static string Beside(string name, [System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, name);

    /// <summary>Waits until it has written such a line.</summary>
    public async Task WhenAsync(Func<string, bool> line)
    {
        using var limit = new CancellationTokenSource(_limit);
        while (true)
        {
            Task news;
            lock (_gate)
            {
                if (_lines.Exists(written => line(written.Line)))
                {
                    return;
                }

                news = _news.Task;
            }

            Assert.False(_ended.Task.IsCompleted, $"it ended before that: {Errors}");
            await news.WaitAsync(limit.Token);
        }
    }

    /// <summary>Waits until it has ended well; returns its last line.</summary>
    /// <param name="tell">Whether it is told to end, by the end of its input.</param>
    public async Task<string> EndAsync(bool tell = false)
    {
        if (tell)
        {
            _process.StandardInput.Close();
        }

        using var limit = new CancellationTokenSource(_limit);
        await _process.WaitForExitAsync(limit.Token);
        await _ended.Task.WaitAsync(limit.Token);
        Assert.True(_process.ExitCode == 0, $"{Errors}\n{string.Join('\n', Lines.TakeLast(3))}");
        return Lines[^1].Line;
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

    private void Keep(string? line)
    {
        lock (_gate)
        {
            if (line is null)
            {
                _ended.TrySetResult();
            }
            else
            {
                _lines.Add((line, Stopwatch.GetTimestamp()));
            }

            var old = _news;
            _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            old.SetResult();
        }
    }
}
