using Aspire.Hosting.Internal.Processes;

namespace Aspire.Hosting.Internal.Launching;

/// <summary>Asks the build where a project's assembly goes, for projects added by path.</summary>
internal static class MSBuildTargetPath
{
    public static async Task<string> QueryAsync(string projectPath, CancellationToken cancellationToken)
    {
#if DEBUG
        const string configuration = "Debug";
#else
        const string configuration = "Release";
#endif
        if (!File.Exists(projectPath))
            throw new DistributedApplicationException($"The project file '{projectPath}' does not exist.");
        var (exitCode, output) = await ShortCommand.RunAsync(
            DotnetHost.Path,
            ["msbuild", projectPath, "-getProperty:TargetPath", $"-p:Configuration={configuration}", "-nologo"],
            TimeSpan.FromMinutes(1),
            cancellationToken).ConfigureAwait(false);
        return exitCode == 0
            ? output.Trim()
            : throw new DistributedApplicationException($"Cannot evaluate the project '{projectPath}': {output.Trim()}");
    }
}
