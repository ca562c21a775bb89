using System.Text.Json;
using CnnViz.Tests.Shared;

namespace CnnViz.Stack.Tests;

/// <summary>The cnnviz tool as a process against the running stack: its commands and what the demo draws from.</summary>
[Collection(StackCollection.Name)]
public sealed class DemoTests(StackFixture stack)
{
    [Fact]
    public async Task Summary_OfTheTutorialsExample_TotalOfTheTutorial()
    {
        var run = await RunAsync("summary", "conv-flatten-dense", "--json");
        Assert.True(run.ExitCode == 0, run.All);
        using var info = JsonDocument.Parse(run.Output);
        Assert.Equal("144901", info.RootElement.GetProperty("totalParameters").GetString());
        Assert.True(info.RootElement.GetProperty("untrained").GetBoolean());
    }

    [Fact]
    public async Task Summary_WithSize_ShapesOfThatSize()
    {
        var run = await RunAsync("summary", "nanodet", "--size", "320");
        Assert.True(run.ExitCode == 0, run.All);
        Assert.Contains("(None, 64, 40, 40)", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Maximize_ClassWithoutLayer_DrawsAtTheModelsClassLayer()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "horse.png");
        var run = await RunAsync("maximize", "nanodet", "--class", "horse,Cup", "--steps", "2", "--size", "64", "-o", file);
        Assert.True(run.ExitCode == 0, run.All);
        Assert.Contains("Add_29", run.Output, StringComparison.Ordinal);
        Assert.Equal("(133, 64) PNG", await PillowAsync(file));
    }

    [Fact]
    public async Task Maximize_Objectives_DifferentPictures()
    {
        using var folder = new TemporaryFolder();
        var pictures = new HashSet<string>();
        foreach (var objective in new[] { "channel", "neuron", "deepdream" })
        {
            var file = Path.Combine(folder.Path, $"{objective}.png");
            var run = await RunAsync(
                "maximize", "nanodet", "Add_4", "--filters", "3", "--objective", objective, "--steps", "2",
                "--size", "64", "-o", file);
            Assert.True(run.ExitCode == 0, run.All);
            Assert.Equal("(64, 64) PNG", await PillowAsync(file));
            pictures.Add(Convert.ToHexString(await File.ReadAllBytesAsync(file)));
        }

        Assert.Equal(3, pictures.Count);
    }

    [Fact]
    public async Task Maximize_ScoreAndVariants_TilesBesideEachOtherAndTheirScores()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "variants.png");
        var run = await RunAsync(
            "maximize", "nanodet", "Add_4", "--filters", "3,5", "--variants", "3", "--score", "--steps", "2", "--size", "64",
            "-o", file, "--json");
        Assert.True(run.ExitCode == 0, run.All);

        // 3x2 tiles of 64 px, 5 px between them, and a label of 23 px below each.
        Assert.Equal("(202, 179) PNG", await PillowAsync(file));
        var last = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        using var scores = JsonDocument.Parse(last);
        var images = scores.RootElement.GetProperty("scores").GetProperty("images").EnumerateArray()
            .Select(image => (image.GetProperty("filter").GetInt32(), image.GetProperty("variant").GetInt32())).ToList();
        Assert.Equal([(3, 0), (3, 1), (3, 2), (5, 0), (5, 1), (5, 2)], images);
        Assert.All(
            scores.RootElement.GetProperty("scores").GetProperty("images").EnumerateArray(),
            image => Assert.Equal(
                image.GetProperty("activation").GetDouble() / image.GetProperty("reference").GetDouble(),
                image.GetProperty("clean").GetDouble(),
                1e-12));
    }

    [Fact]
    public async Task Maximize_UnknownClass_SaysTheNearest()
    {
        var run = await RunAsync("maximize", "nanodet", "--class", "hors", "-o", "unused.png");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("horse", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Maximize_ClassOfModelWithoutClasses_Refused()
    {
        var run = await RunAsync("maximize", "posenet", "--class", "horse", "-o", "unused.png");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("layer", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Maximize_GifEnding_AnimationWithSeveralFrames()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "film.gif");
        var run = await RunAsync("maximize", "nanodet", "Add_4", "--filters", "0-1", "--steps", "8", "--size", "64", "-o", file);
        Assert.True(run.ExitCode == 0, run.All);
        Assert.Equal("(133, 64) GIF", await PillowAsync(file));
        var frames = await ToolProcess.RunAsync(
            folder.Path, "/usr/bin/python3", "-c", "import PIL.Image as I; print(I.open('film.gif').n_frames)");
        Assert.True(int.Parse(frames.Output, System.Globalization.CultureInfo.InvariantCulture) > 1, frames.All);
    }

    [Fact]
    public async Task Filters_JpegEndingAndRole_PlotOfTheBiases()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "bias.jpg");
        var run = await RunAsync("filters", "autoencoder-first-layers", "conv2d_1", "--role", "bias", "-o", file);
        Assert.True(run.ExitCode == 0, run.All);
        Assert.EndsWith("JPEG", await PillowAsync(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_Statistics_RangeOfTheTrainedKernel()
    {
        var run = await RunAsync("filters", "autoencoder-first-layers", "conv2d_1", "--role", "kernel", "--stats", "--json");
        Assert.True(run.ExitCode == 0, run.All);
        using var info = JsonDocument.Parse(run.Output);
        var kernel = info.RootElement.GetProperty("statistics")[0];
        Assert.Equal("288", kernel.GetProperty("count").GetString());

        // The same from the sample file itself.
        using var sample = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(RepositoryPaths.Root, "samples", "autoencoder_conv2d_1.json")));
        var values = sample.RootElement.GetProperty("kernel").EnumerateArray()
            .Select(value => (double)value.GetSingle()).ToList();
        Assert.Equal(values.Min(), kernel.GetProperty("min").GetDouble(), 1e-12);
        Assert.Equal(values.Average(), kernel.GetProperty("mean").GetDouble(), 1e-9);
    }

    [Fact]
    public async Task Smiley_OfTheDemo_IsTheSamplesBitmap()
    {
        var script = $"""
            import PIL.Image as I
            rows = open('{RepositoryPaths.Root}/samples/smiley_25x25.txt').read().split()
            picture = I.open('{RepositoryPaths.Root}/clients/cli/Demo/smiley_25x25.png')
            print(picture.size, picture.mode, list(picture.getdata()) == [255 * int(cell) for row in rows for cell in row])
            """;
        var run = await ToolProcess.RunAsync(RepositoryPaths.Root, "/usr/bin/python3", "-c", script);
        Assert.Equal("(25, 25) L True", run.Output.Trim());
    }

    private static async Task<string> PillowAsync(string file)
    {
        var run = await ToolProcess.RunAsync(
            Path.GetDirectoryName(file)!,
            "/usr/bin/python3",
            "-c",
            $"import PIL.Image as I; p = I.open('{Path.GetFileName(file)}'); p.load(); print(p.size, p.format)");
        return run.ExitCode == 0 ? run.Output.Trim() : run.All;
    }

    private Task<ToolResult> RunAsync(params string[] arguments) => ToolProcess.RunAsync(
        Path.GetTempPath(),
        "dotnet",
        [
            StackFixture.Program("CnnViz.Cli", "cnnviz-cli"), .. arguments,
            "--endpoint", stack.RenderAddress.Authority, "--inference-endpoint", stack.InferenceAddress.Authority,
        ]);
}
