using System.Diagnostics;

namespace CnnViz.Cli.Pull.Tests;

/// <summary>A fact that needs Python's h5py; skipped, with the reason, where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class H5pyFactAttribute : FactAttribute
{
    private const string Python = "/usr/bin/python3";

    public H5pyFactAttribute() => Skip = Missing();

    private static string? Missing()
    {
        if (!File.Exists(Python))
            return $"{Python} is not installed; ./cnnviz test installs it";
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import h5py"]) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0 ? null : "python3-h5py is not installed; ./cnnviz test installs it";
    }
}
