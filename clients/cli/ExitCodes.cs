namespace CnnViz.Cli;

/// <summary>What the process's exit code says.</summary>
internal static class ExitCodes
{
    /// <summary>All was done.</summary>
    public const int Done = 0;

    /// <summary>The services refused or could not be reached, or a file could not be read or written.</summary>
    public const int Failed = 1;

    /// <summary>The command line was not understood.</summary>
    public const int Usage = 2;

    /// <summary>Ctrl-C or SIGTERM; by shells' convention 128 + 2.</summary>
    public const int Cancelled = 130;
}
