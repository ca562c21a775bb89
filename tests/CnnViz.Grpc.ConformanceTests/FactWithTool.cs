using System.ComponentModel;
using System.Diagnostics;

namespace CnnViz.Grpc.ConformanceTests;

/// <summary>A fact that needs grpcio for Debian's Python; skipped where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactWithGrpcioAttribute : FactAttribute
{
    /// <summary>Debian's own interpreter: another may come first in PATH and lack the package.</summary>
    public const string Python = "/usr/bin/python3";

    public FactWithGrpcioAttribute()
    {
        if (!Tool.Runs(Python, "-c", "import grpc, grpc_tools"))
            Skip = "python3-grpcio and python3-grpc-tools are not installed.";
    }
}

/// <summary>A fact that needs Node.js with npm; skipped where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactWithNodeAttribute : FactAttribute
{
    public FactWithNodeAttribute()
    {
        if (!Tool.Runs("node", "--version") || !Tool.Runs("npm", "--version"))
            Skip = "Node.js with npm is not installed.";
    }
}

/// <summary>Whether a program is there.</summary>
internal static class Tool
{
    /// <summary>Whether the program starts and succeeds.</summary>
    public static bool Runs(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
