using System.Diagnostics;
using System.Text;

namespace CnnViz.Tests.Shared;

/// <summary>What a finished tool said.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error)
{
    /// <summary>Both streams, for a failed assertion's message.</summary>
    public string All => Output + Error;
}

/// <summary>Runs another program to its end, with a limit on its time.</summary>
internal static class ToolProcess
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(15);

    public static async Task<ToolResult> RunAsync(string folder, string program, params IEnumerable<string> arguments)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        var output = new StringBuilder();
        var error = new StringBuilder();
        process.OutputDataReceived += (_, line) => output.AppendLine(line.Data);
        process.ErrorDataReceived += (_, line) => error.AppendLine(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(_limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} ran past {_limit}:\n{output}{error}");
        }

        return new ToolResult(process.ExitCode, output.ToString(), error.ToString());
    }
}
