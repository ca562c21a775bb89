using System.Reflection;

namespace Aspire.Hosting.Internal.Launching;

/// <summary>What compat/Aspire.StandIn.targets wrote into the app host's assembly when it was built.</summary>
internal static class BuildRecord
{
    private const string ProjectPathKey = "AppHostProjectPath";
    private const string TargetPathPrefix = "AspireStandIn.TargetPath:";

    /// <summary>Folder of the app host's project, if it is still there.</summary>
    public static string? AppHostDirectory(Assembly? appHost)
    {
        var directory = Path.GetDirectoryName(Find(appHost, ProjectPathKey));
        return Directory.Exists(directory) ? directory : null;
    }

    /// <summary>Path of the assembly that a project builds, or null when the build did not say.</summary>
    public static string? TargetPath(IProjectMetadata project, Assembly? appHost)
        // A generated class is in the app host's assembly; the app host may itself be run by another program.
        => Find(project.GetType().Assembly, TargetPathPrefix + project.ProjectPath)
            ?? Find(appHost, TargetPathPrefix + project.ProjectPath);

    private static string? Find(Assembly? assembly, string key)
        => assembly?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == key)?.Value;
}
