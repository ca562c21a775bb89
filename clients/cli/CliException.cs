namespace CnnViz.Cli;

/// <summary>A failure whose message is written for the person at the terminal.</summary>
/// <param name="message">What went wrong and what to do about it; one paragraph.</param>
/// <param name="exitCode">The process's exit code, one of <see cref="ExitCodes"/>.</param>
internal sealed class CliException(string message, int exitCode = ExitCodes.Failed) : Exception(message)
{
    /// <summary>The process's exit code.</summary>
    public int ExitCode { get; } = exitCode;
}
