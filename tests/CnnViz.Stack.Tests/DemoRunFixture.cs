using System.Text.Json;
using CnnViz.Tests.Shared;

namespace CnnViz.Stack.Tests;

/// <summary>One run of the whole demo, as ./cnnviz demo starts it.</summary>
public sealed class DemoRunFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>The photograph whose feature maps it shows.</summary>
    public static string Photo => Path.Combine(RepositoryPaths.Photos, "chelsea.png");

    /// <summary>Where the files are.</summary>
    public string Folder => _folder.Path;

    /// <summary>How the run ended.</summary>
    internal ToolResult Run { get; private set; } = new(-1, "", "not run");

    /// <summary>What the tool said of the pictures, by file name.</summary>
    public IReadOnlyDictionary<string, (int Width, int Height, string Caption)> Pictures { get; private set; } =
        new Dictionary<string, (int Width, int Height, string Caption)>();

    /// <summary>The page's HTML, its entities as characters.</summary>
    public string Page { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (DemoFactAttribute.Missing() is not null)
        {
            return;
        }

        Run = await ToolProcess.RunAsync(
            Folder,
            "dotnet",
            StackFixture.Program("CnnViz.Cli", "cnnviz-cli"), "demo", "--out", Folder, "--photo", Photo, "--json",
            "--apphost", StackFixture.Program("CnnViz.AppHost", "CnnViz.AppHost"));
        if (Run.ExitCode != 0)
        {
            return;
        }

        var pictures = new Dictionary<string, (int Width, int Height, string Caption)>(StringComparer.Ordinal);
        foreach (var line in Run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.TryGetProperty("picture", out var picture))
            {
                var name = Path.GetFileName(picture.GetProperty("file").GetString()!);
                var (width, height) = (picture.GetProperty("width").GetInt32(), picture.GetProperty("height").GetInt32());
                pictures.Add(name, (width, height, picture.GetProperty("caption").GetString()!));
            }
        }

        Pictures = pictures;
        Page = System.Net.WebUtility.HtmlDecode(await File.ReadAllTextAsync(Path.Combine(Folder, "index.html")));
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}
