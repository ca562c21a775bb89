namespace Aspire.Hosting.Internal.Launching;

/// <summary>Looks programs up in a search path.</summary>
internal sealed class ExecutablePath(string path)
{
    /// <summary>Absolute path of a program, or null.</summary>
    public string? Find(string command) => path
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.Combine(directory, command))
        .FirstOrDefault(IsExecutable);

    private static bool IsExecutable(string file)
        => File.Exists(file)
            && (OperatingSystem.IsWindows()
                || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
