using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CnnViz.Cli.Stack;

/// <summary>Asks a process to end, which .NET itself cannot: Process.Kill is SIGKILL.</summary>
internal static partial class ProcessSignals
{
    // POSIX: the same number on Linux and macOS.
    private const int Sigterm = 15;

    /// <summary>Sends SIGTERM; on Windows, which has no such signal for another console process, ends its whole tree.</summary>
    public static void Terminate(Process process)
    {
        if (OperatingSystem.IsWindows())
            process.Kill(entireProcessTree: true);
        else
            _ = Kill(process.Id, Sigterm); // It can only fail because the process is gone, which is what is wanted.
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
