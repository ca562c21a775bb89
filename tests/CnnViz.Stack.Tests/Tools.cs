namespace CnnViz.Stack.Tests;

/// <summary>Which programs this machine has.</summary>
internal static class Tools
{
    public static bool OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
