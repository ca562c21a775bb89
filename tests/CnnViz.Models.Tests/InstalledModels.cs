using CnnViz.Tests.Shared;

namespace CnnViz.Models.Tests;

/// <summary>Finds the networks that set-up installs; they are not in the repository.</summary>
internal static class InstalledModels
{
    /// <summary>The directory that holds one directory per model: $CNNVIZ_MODELS, else models/ of the repository.</summary>
    public static string Root => RepositoryPaths.Models;

    public static string PathOf(string model) => Path.Combine(Root, model, $"{model}.json");
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
