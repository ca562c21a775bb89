namespace CnnViz.Models.Tests;

/// <summary>Finds the networks that set-up installs; they are not in the repository.</summary>
internal static class InstalledModels
{
    /// <summary>The directory that holds one directory per model: $CNNVIZ_MODELS, else models/ of the repository.</summary>
    public static string Root { get; } = Environment.GetEnvironmentVariable("CNNVIZ_MODELS") is { Length: > 0 } root
        ? root
        : FromRepository();

    public static string PathOf(string model) => Path.Combine(Root, model, $"{model}.json");

    private static string FromRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Directory.Packages.props")))
        {
            directory = directory.Parent;
        }

        return Path.Combine(directory?.FullName ?? Environment.CurrentDirectory, "models");
    }
}

/// <summary>A fact about an installed network; skipped, with the reason, where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InstalledModelFactAttribute : FactAttribute
{
    public InstalledModelFactAttribute(string model)
    {
        if (!File.Exists(InstalledModels.PathOf(model)))
        {
            Skip = $"model '{model}' is not installed below {InstalledModels.Root}; ./cnnviz test installs it";
        }
    }
}

/// <summary>As <see cref="InstalledModelFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InstalledModelTheoryAttribute : TheoryAttribute
{
    public InstalledModelTheoryAttribute(string model) => Skip = new InstalledModelFactAttribute(model).Skip;
}
