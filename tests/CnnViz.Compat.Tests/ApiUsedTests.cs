using System.Reflection;
using CnnViz.Tests.Shared;

namespace CnnViz.Compat.Tests;

/// <summary>
/// compat/api-used.txt lists every stood-in member that product assemblies reference, so that it can be checked line by line
/// against the real packages. To write it anew: CNNVIZ_UPDATE_API_USED=1 ./cnnviz test --filter ApiUsed
/// </summary>
public sealed class ApiUsedTests
{
    // Product assemblies, each with the project whose output folder holds it.
    private static readonly (string Project, string Assembly)[] _products =
    [
        ("CnnViz.Protos", "CnnViz.Protos"),
        ("CnnViz.Cache", "CnnViz.Cache"),
        ("CnnViz.Engine", "CnnViz.Engine"),
        ("CnnViz.ServiceDefaults", "CnnViz.ServiceDefaults"),
        ("CnnViz.Inference", "CnnViz.Inference"),
        ("CnnViz.Render", "CnnViz.Render"),
        ("CnnViz.AppHost", "CnnViz.AppHost"),
        ("CnnViz.Cli", "cnnviz-cli"),
    ];

    [Fact]
    public async Task ApiUsed_TheCommittedList_IsTrue()
    {
        var metadata = typeof(ApiUsedTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .ToDictionary(a => a.Key, a => a.Value!);
        var stoodIn = Directory.EnumerateDirectories(Path.Combine(RepositoryPaths.Root, "compat"))
            .Select(folder => Path.GetFileName(folder)).ToHashSet(StringComparer.Ordinal);
        var used = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (project, assembly) in _products)
        {
            var file = Path.Combine(metadata["ArtifactsPath"], "bin", project, metadata["Configuration"], assembly + ".dll");
            used.UnionWith(MemberReferences.Read(file, stoodIn));
        }

        var list = Path.Combine(RepositoryPaths.Root, "compat", "api-used.txt");
        if (Environment.GetEnvironmentVariable("CNNVIZ_UPDATE_API_USED") == "1")
        {
            await File.WriteAllLinesAsync(list, used);
        }

        Assert.NotEmpty(used);
        Assert.Equal(await File.ReadAllLinesAsync(list), used);
    }
}
