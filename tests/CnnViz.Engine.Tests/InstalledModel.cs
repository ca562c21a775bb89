using CnnViz.Tests.Shared;

namespace CnnViz.Engine.Tests;

/// <summary>Whether a network that set-up fetches is there.</summary>
internal static class InstalledModel
{
    /// <summary>The model's own file: a graph or an ONNX file.</summary>
    public static string PathOf(string model) =>
        new[] { ".json", ".onnx" }.Select(extension => Path.Combine(RepositoryPaths.Models, model, model + extension))
            .FirstOrDefault(File.Exists) ?? Path.Combine(RepositoryPaths.Models, model);

    /// <summary>Why a test about it cannot run; null when it can.</summary>
    public static string? Missing(string model) => File.Exists(PathOf(model))
        ? null
        : $"model '{model}' is not installed below {RepositoryPaths.Models}; ./cnnviz test installs it";
}

/// <summary>A fact about an installed network; skipped, with the reason, where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InstalledModelFactAttribute : FactAttribute
{
    public InstalledModelFactAttribute(string model) => Skip = InstalledModel.Missing(model);
}

/// <summary>As <see cref="InstalledModelFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InstalledModelTheoryAttribute : TheoryAttribute
{
    public InstalledModelTheoryAttribute(string model) => Skip = InstalledModel.Missing(model);
}
