using CnnViz.Tests.Shared;

namespace CnnViz.Stack.Tests;

/// <summary>The Python program of clients/python against the running stack.</summary>
[Collection(StackCollection.Name)]
public sealed class PythonClientTests(StackFixture stack)
{
    private static readonly string _client = Path.Combine(RepositoryPaths.Root, "clients", "python", "maximize.py");

    [Fact]
    public async Task Maximize_AFewFilters_PrintsProgressAndSavesThePicture()
    {
        using var folder = new TemporaryFolder();
        var run = await ToolProcess.RunAsync(
            folder.Path, "/usr/bin/python3", _client,
            "--endpoint", stack.RenderAddress.Authority,
            "--model", "nanodet", "--layer", "Add_10", "--filters", "0-3", "--steps", "4", "--size", "64", "-o", "out.png");
        Assert.True(run.ExitCode == 0, run.All);
        Assert.Contains("4/4", run.All, StringComparison.Ordinal);

        // Pillow, not our own decoder, says what the file is: 2x2 tiles of 64 px with 5 px between.
        var size = await ToolProcess.RunAsync(
            folder.Path, "/usr/bin/python3", "-c", "import PIL.Image as I; p = I.open('out.png'); p.load(); print(p.size, p.mode)");
        Assert.Equal("(133, 133) RGB", size.Output.Trim());
    }

    [Fact]
    public async Task UnitTests_OfTheClient_Pass()
    {
        var run = await ToolProcess.RunAsync(
            Path.GetDirectoryName(_client)!, "/usr/bin/python3", "-m", "unittest", "discover", "--verbose");
        Assert.True(run.ExitCode == 0, run.All);
        Assert.Contains("OK", run.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Maximize_UnknownLayer_SaysTheNearestAndFails()
    {
        using var folder = new TemporaryFolder();
        var run = await ToolProcess.RunAsync(
            folder.Path, "/usr/bin/python3", _client,
            "--endpoint", stack.RenderAddress.Authority, "--model", "nanodet", "--layer", "Ad_10", "--filters", "0", "-o", "out.png");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("Add_10", run.All, StringComparison.Ordinal);
        Assert.DoesNotContain("Traceback", run.All, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.Path, "out.png")));
    }
}
