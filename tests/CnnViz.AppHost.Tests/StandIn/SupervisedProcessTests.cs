using System.Collections.Concurrent;
using Aspire.Hosting.Internal.Processes;
using CnnViz.AppHost.Tests.Infrastructure;

namespace CnnViz.AppHost.Tests.StandIn;

public sealed class SupervisedProcessTests
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _on = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _mark = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task Exited_ProcessEnds_GivesItsExitCodeAndAllItsOutput()
    {
        await using var process = Start("echo out; echo err >&2; exit 7");

        Assert.Equal(7, await process.Exited.WaitAsync(HostProcess.Limit));

        Assert.Equal(["err", "out"], _lines.Order());
    }

    [Fact]
    public async Task Start_StandardInput_IsReadAndIsNotInTheEnvironment()
    {
        await using var process = Start("cat; env", input: "first 'line'\nsecond $line");

        Assert.Equal(0, await process.Exited.WaitAsync(HostProcess.Limit));

        Assert.Equal(["first 'line'", "second $line"], _lines.Take(2));
        Assert.DoesNotContain(_lines.Skip(2), line => line.Contains("second", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_NoStandardInput_ReadsNothing()
    {
        await using var process = Start("cat; echo end");

        Assert.Equal(0, await process.Exited.WaitAsync(HostProcess.Limit));

        Assert.Equal(["end"], _lines);
    }

    [Fact]
    public async Task Start_ArgumentsWithSpacesAndQuotes_ArriveAsTheyAre()
    {
        await using var process = SupervisedProcess.Start(
            new ProcessSpec("printf", ["%s\n", "a b", "$HOME", "'\"\\"], "/"), Keep, HostProcess.Limit, TimeProvider.System);

        Assert.Equal(0, await process.Exited.WaitAsync(HostProcess.Limit));

        Assert.Equal(["a b", "$HOME", "'\"\\"], _lines);
    }

    [Fact]
    public async Task Start_NoSuchCommand_EndsWithShellsExitCodeAndSaysSo()
    {
        await using var process = SupervisedProcess.Start(
            new ProcessSpec("/no/such/command", [], "/"), Keep, HostProcess.Limit, TimeProvider.System);

        Assert.Equal(127, await process.Exited.WaitAsync(HostProcess.Limit));

        Assert.Contains(_lines, line => line.Contains("/no/such/command", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StopAsync_ProcessHandlesSigterm_GivesItsOwnExitCode()
    {
        await using var process = Start("trap 'echo bye; exit 5' TERM; echo on; while :; do sleep 1; done");
        await _on.Task.WaitAsync(HostProcess.Limit);

        Assert.Equal(5, await process.StopAsync().WaitAsync(HostProcess.Limit));

        Assert.Contains("bye", _lines);
    }

    [Fact]
    public async Task StopAsync_ProcessAndChildIgnoreSigterm_KillsBothAfterGrace()
    {
        await using var process = Start(
            "trap '' TERM; sh -c 'sleep 1000; sleep 1000' & echo on; while :; do sleep 1000; done", TimeSpan.FromSeconds(1));
        await _on.Task.WaitAsync(HostProcess.Limit);

        Assert.Equal(128 + 9, await process.StopAsync().WaitAsync(HostProcess.Limit));

        await ProcessTable.WaitUntilNoneAsync($"MARK={_mark}");
    }

    [Fact]
    public async Task Exited_ProcessLeavesChildThatHoldsItsOutput_ChildIsEnded()
    {
        await using var process = Start("sleep 1000 & echo on");

        Assert.Equal(0, await process.Exited.WaitAsync(HostProcess.Limit));

        await ProcessTable.WaitUntilNoneAsync($"MARK={_mark}");
    }

    [Fact]
    public async Task StopAsync_WatcherWasKilled_StillStopsTheProcess()
    {
        await using var process = Start("echo on; while :; do sleep 1000; done", TimeSpan.FromSeconds(1));
        await _on.Task.WaitAsync(HostProcess.Limit);
        var watcher = ProcessTable.WithEnvironment($"MARK={_mark}")
            .Single(p => ProcessTable.CommandLine(p).Contains("aspire-watch", StringComparison.Ordinal));
        watcher.Kill();
        await watcher.WaitForExitAsync();

        Assert.Equal(128 + 9, await process.StopAsync().WaitAsync(HostProcess.Limit));

        await ProcessTable.WaitUntilNoneAsync($"MARK={_mark}");
    }

    private SupervisedProcess Start(string script, TimeSpan? grace = null, string? input = null)
        => SupervisedProcess.Start(
            new ProcessSpec("sh", ["-c", script], "/")
            {
                Environment = new Dictionary<string, string> { ["MARK"] = _mark },
                StandardInput = input,
            },
            Keep, grace ?? HostProcess.Limit, TimeProvider.System);

    private void Keep(string line, bool isError)
    {
        _lines.Enqueue(line);
        if (line == "on")
            _on.TrySetResult();
    }
}
