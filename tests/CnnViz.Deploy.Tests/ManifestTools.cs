using System.Text.Json;
using CnnViz.Tests.Shared;

namespace CnnViz.Deploy.Tests;

/// <summary>The Node.js tools beside these tests, installed once: they render and check manifests.</summary>
public sealed class ManifestTools : IAsyncLifetime
{
    public static string Deploy { get; } = Path.Combine(RepositoryPaths.Root, "deploy");

    private static readonly string _folder = Path.Combine(RepositoryPaths.Root, "tests", "CnnViz.Deploy.Tests", "Manifests");

    public async Task InitializeAsync()
    {
        if (Directory.Exists(Path.Combine(_folder, "node_modules", "kubernetes-models")))
        {
            return;
        }

        var installed = await ToolProcess.RunAsync(_folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        Assert.True(installed.ExitCode == 0, installed.All);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Renders and checks an overlay.</summary>
    /// <param name="folder">The overlay's folder.</param>
    internal static async Task<CheckedManifests> CheckAsync(string folder)
    {
        using var document = await JsonAsync("check.mjs", folder);
        return new CheckedManifests(
            [.. document.RootElement.GetProperty("resources").EnumerateArray().Select(resource => resource.Clone())],
            [.. document.RootElement.GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()!)]);
    }

    /// <summary>Reads a compose file.</summary>
    internal static Task<JsonDocument> ComposeAsync(string file) => JsonAsync("compose.mjs", file);

    private static async Task<JsonDocument> JsonAsync(string script, string argument)
    {
        var result = await ToolProcess.RunAsync(_folder, "node", script, argument);
        Assert.True(result.ExitCode == 0, result.All);
        return JsonDocument.Parse(result.Output);
    }
}

/// <summary>An overlay's resources, and what is wrong with them.</summary>
internal sealed record CheckedManifests(IReadOnlyList<JsonElement> Resources, IReadOnlyList<string> Problems)
{
    public IEnumerable<JsonElement> OfKind(string kind) => Resources.Where(resource => resource.Text("kind") == kind);

    public JsonElement Named(string kind, string name) =>
        OfKind(kind).Single(resource => resource.At("metadata", "name").GetString() == name);
}

/// <summary>Walks through JSON.</summary>
internal static class JsonPath
{
    public static JsonElement At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            element = element.GetProperty(name);
        }

        return element;
    }

    public static string Text(this JsonElement element, params ReadOnlySpan<string> path) => element.At(path).GetString()!;

    public static Dictionary<string, string> Labels(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path).EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!, StringComparer.Ordinal);
}
