using System.Runtime.InteropServices;

namespace Aspire.Hosting.Internal.Launching;

/// <summary>The <c>dotnet</c> program of the runtime that the app host runs on.</summary>
internal static class DotnetHost
{
    /// <summary>
    /// Absolute path; just "dotnet", to be looked up in PATH, when the runtime is not inside a .NET installation.
    /// </summary>
    public static string Path
    {
        get
        {
            // <root>/shared/Microsoft.NETCore.App/<version>/
            var root = System.IO.Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());
            var host = System.IO.Path.Combine(root, "dotnet");
            return File.Exists(host) ? host : "dotnet";
        }
    }
}
