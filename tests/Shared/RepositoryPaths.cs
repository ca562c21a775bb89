namespace CnnViz.Tests.Shared;

/// <summary>Where things are, seen from a test's output folder.</summary>
internal static class RepositoryPaths
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Trained networks installed at set-up.</summary>
    public static string Models => Environment.GetEnvironmentVariable("CNNVIZ_MODELS") ?? Path.Combine(Root, "models");

    /// <summary>Photographs installed at set-up.</summary>
    public static string Photos =>
        Environment.GetEnvironmentVariable("CNNVIZ_PHOTOS") ?? Path.Combine(Root, ".cnnviz", "photos");

    private static string FindRoot()
    {
        // An output folder may lie outside the repository; the build records where the sources are.
        for (var folder = new DirectoryInfo(SourceFolder()); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("the repository's root was not found above the tests' sources");
    }

    private static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.GetDirectoryName(file)!;
}
