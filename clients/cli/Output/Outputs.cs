using Spectre.Console;

namespace CnnViz.Cli.Output;

/// <summary>Picks the output for where this process runs.</summary>
internal static class Outputs
{
    /// <summary>JSON if asked for; moving bars if standard error is a terminal that can show them; else plain lines.</summary>
    public static IOutput Create(bool json)
    {
        if (json)
            return new JsonOutput(Console.Out, Console.Error);
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return !Console.IsErrorRedirected && terminal.Profile.Capabilities is { Ansi: true, Interactive: true }
            ? new TerminalOutput(terminal, Console.Out)
            : new PlainOutput(Console.Out, Console.Error);
    }
}
