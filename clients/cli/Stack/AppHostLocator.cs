namespace CnnViz.Cli.Stack;

/// <summary>Finds the AppHost that starts a local stack.</summary>
internal static class AppHostLocator
{
    /// <summary>The environment variable that names it.</summary>
    public const string Variable = "CNNVIZ_APPHOST";

    private const string AssemblyFile = "CnnViz.AppHost.dll";

    /// <summary>In this order: the path given, the environment variable, beside this tool, a build's output folder.</summary>
    /// <param name="given">The path from the command line, if any.</param>
    /// <exception cref="CliException">There is none.</exception>
    public static string Find(string? given)
    {
        if ((given ?? Environment.GetEnvironmentVariable(Variable)) is { Length: > 0 } path)
        {
            return File.Exists(path)
                ? Path.GetFullPath(path)
                : throw new CliException(
                    $"There is no AppHost at '{path}' (from {(given is null ? Variable : "--apphost")}).", ExitCodes.Usage);
        }

        var here = AppContext.BaseDirectory;
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(here));
        string[] candidates =
        [
            Path.Combine(here, AssemblyFile),
            Path.Combine(here, "..", "..", "CnnViz.AppHost", configuration, AssemblyFile),
        ];
        return candidates.Select(Path.GetFullPath).FirstOrDefault(File.Exists)
            ?? throw new CliException(
                "No AppHost was found to start a stack with. Start one with ./cnnviz up and give its addresses with --endpoint "
                + $"and --inference-endpoint, or name the AppHost with --apphost or the environment variable {Variable}.");
    }
}
