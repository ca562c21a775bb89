namespace Aspire.Hosting.Internal.Processes;

/// <summary>A process to start.</summary>
/// <param name="Command">A path, or a name to look up in PATH.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="WorkingDirectory">Absolute path.</param>
internal sealed record ProcessSpec(string Command, IReadOnlyList<string> Arguments, string WorkingDirectory)
{
    /// <summary>Set on top of the app host's own variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Variables of the app host that the process must not inherit.</summary>
    public IReadOnlyCollection<string> NotInherited { get; init; } = [];

    /// <summary>What it reads from standard input, for what must not be seen on a command line; nothing when null.</summary>
    public string? StandardInput { get; init; }
}
