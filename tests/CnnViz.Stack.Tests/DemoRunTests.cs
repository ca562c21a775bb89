using System.Text.Json;
using System.Text.RegularExpressions;
using CnnViz.Tests.Shared;

namespace CnnViz.Stack.Tests;

/// <summary>
/// The demo as it is, with the stack that it starts itself: one run for all tests. It is in the other tests' collection so that
/// nothing else computes at the same time.
/// </summary>
[Collection(StackCollection.Name)]
public sealed class DemoRunTests(DemoRunFixture demo) : IClassFixture<DemoRunFixture>
{
    // Tiles with 5 px between them: 8x8 and 4x1 of 128 px; 8x2 of 160 px with a label of 23 px below each; 8x4 by the Keras
    // recipe, whose 180 px are 192 for this network, less 25 px on each side.
    private static readonly Dictionary<string, (int Width, int Height)> _sizes = new(StringComparer.Ordinal)
    {
        ["maximize-middle-layer.png"] = (1059, 1059),
        ["maximize-textures.png"] = (1059, 1059),
        ["maximize-classes.png"] = (1315, 371),
        ["maximize-keras.png"] = (1171, 583),
        ["maximize-film.gif"] = (527, 128),
    };

    [DemoFact]
    public void Demo_Run_SucceedsAndLeavesNothingOut()
    {
        Assert.True(demo.Run.ExitCode == 0, demo.Run.All);
        Assert.DoesNotContain("left out", demo.Run.All, StringComparison.Ordinal);
    }

    [DemoFact]
    public async Task Demo_EveryPicture_DecodesHasItsSizeAndIsNotConstant()
    {
        // Pillow, not our own decoders, reads the files.
        const string Script = """
            import glob, json, PIL.Image as I
            facts = {}
            for name in sorted(glob.glob('*.png') + glob.glob('*.gif')):
                picture = I.open(name)
                picture.load()
                values = picture.convert('RGB').getextrema()
                facts[name] = [*picture.size, max(high - low for low, high in values), getattr(picture, 'n_frames', 1)]
            print(json.dumps(facts))
            """;
        var run = await ToolProcess.RunAsync(demo.Folder, "/usr/bin/python3", "-c", Script);
        Assert.True(run.ExitCode == 0, run.All);
        using var facts = JsonDocument.Parse(run.Output);
        var files = facts.RootElement.EnumerateObject().ToDictionary(
            file => file.Name, file => file.Value.EnumerateArray().Select(value => value.GetInt32()).ToArray());

        Assert.Equal(demo.Pictures.Keys.Order(StringComparer.Ordinal), files.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, told) in demo.Pictures)
        {
            Assert.Equal((name, told.Width, told.Height), (name, files[name][0], files[name][1]));
            Assert.True(files[name][2] > 64, $"{name}: all of its pixels are within {files[name][2]} levels");
        }

        Assert.All(_sizes, size => Assert.Equal((size.Key, size.Value), (size.Key, (files[size.Key][0], files[size.Key][1]))));
        Assert.True(files["maximize-film.gif"][3] > 20, "the film has few frames");
    }

    [DemoFact]
    public void Demo_Page_ShowsEveryPictureWithItsSizeAndNothingElse()
    {
        var shown = Regex.Matches(demo.Page, "<img src=\"([^\"]+)\"[^>]* width=\"(\\d+)\" height=\"(\\d+)\"")
            .Select(image => $"{Uri.UnescapeDataString(image.Groups[1].Value)} {image.Groups[2].Value} {image.Groups[3].Value}");
        var drawn = demo.Pictures.Select(picture => $"{picture.Key} {picture.Value.Width} {picture.Value.Height}");
        Assert.Equal(drawn.Order(StringComparer.Ordinal), shown.Order(StringComparer.Ordinal));
        for (var part = 1; part <= 4; part++)
        {
            Assert.Contains($"<section id=\"part-{part}\">", demo.Page, StringComparison.Ordinal);
        }
    }

    [DemoFact]
    public void Demo_GridOf64_AtLeast48TilesExceedThePhotographsPercentile()
    {
        var told = Regex.Match(demo.Page, @"is above 1 for (\d+) of these (\d+); the median is (\d+\.\d+)\.");
        Assert.True(told.Success, "the page does not say how the grid compares with photographs");
        Assert.Equal("64", told.Groups[2].Value);
        var above = int.Parse(told.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(above >= 48, $"{told.Value}");

        // The render service counts for itself.
        Assert.Contains(
            $"{above} of 64 above the photographs' 99.9th percentile, median ratio {told.Groups[3].Value}",
            demo.Pictures["maximize-middle-layer.png"].Caption,
            StringComparison.Ordinal);
    }
}

/// <summary>A fact about the demo; skipped, with the reason, where what it draws from is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DemoFactAttribute : FactAttribute
{
    public DemoFactAttribute() => Skip = Missing();

    /// <summary>Why the demo cannot run; null if it can.</summary>
    internal static string? Missing()
    {
        string[] files = [Path.Combine(RepositoryPaths.Models, "nanodet", "nanodet.json"), DemoRunFixture.Photo];
        return files.FirstOrDefault(file => !File.Exists(file)) is { } missing
            ? $"{missing} is not installed; ./cnnviz test installs it"
            : null;
    }
}
