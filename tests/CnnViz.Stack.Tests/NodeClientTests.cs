using System.Security.Cryptography;
using CnnViz.Tests.Shared;
using CnnViz.V1;

namespace CnnViz.Stack.Tests;

/// <summary>The Node.js program of clients/node against the running stack.</summary>
[Collection(StackCollection.Name)]
public sealed class NodeClientTests(StackFixture stack)
{
    private static readonly string _folder = Path.Combine(RepositoryPaths.Root, "clients", "node");

    // Installed once for all tests, from the lock file, when that is newer than what is there.
    private static readonly Lazy<Task> _installed = new(InstallAsync);

    /// <summary>Ends when the programs' packages are there.</summary>
    internal static Task Installed => _installed.Value;

    [NodeFact]
    public async Task Maximize_AFewFilters_PrintsProgressAndSavesThePicture()
    {
        using var folder = new TemporaryFolder();
        var run = await RunAsync(
            folder.Path, "--model", "nanodet", "--layer", "Add_10",
            "--filters", "0-2,7", "--steps", "4", "--size", "64", "-o", "new/out.png");
        Assert.True(run.ExitCode == 0, run.All);
        Assert.Contains("nanodet Add_10: 4 filters, 64 x 64 px, 4 steps, recipe lucid", run.Error, StringComparison.Ordinal);
        Assert.Contains("iteration 4/4", run.Error, StringComparison.Ordinal);
        Assert.Contains("133 x 133 px, 4 tiles", run.Output, StringComparison.Ordinal);

        // Pillow, not our own decoder, says what the file is: 2x2 tiles of 64 px with 5 px between.
        var size = await ToolProcess.RunAsync(
            folder.Path, "/usr/bin/python3", "-c",
            "import PIL.Image as I; p = I.open('new/out.png'); p.load(); print(p.size, p.mode)");
        Assert.Equal("(133, 133) RGB", size.Output.Trim());
    }

    [NodeFact]
    public async Task Maximize_SameSeedTwice_SameBytes()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in new[] { "a.png", "b.png" })
        {
            var run = await RunAsync(
                folder.Path, "--layer", "Add_4",
                "--filters", "3", "--recipe", "keras", "--steps", "2", "--size", "64", "--seed", "5", "-o", file);
            Assert.True(run.ExitCode == 0, run.All);
        }

        Assert.Equal(Digest("a.png"), Digest("b.png"));

        string Digest(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder.Path, file))));
    }

    [NodeFact]
    public async Task Maximize_UnknownLayer_SaysTheNearestAndFails()
    {
        using var folder = new TemporaryFolder();
        var run = await RunAsync(folder.Path, "--model", "nanodet", "--layer", "Ad_10", "--filters", "0", "-o", "out.png");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Add_10", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("    at ", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.Path, "out.png")));
    }

    [NodeFact]
    public async Task Watch_ARunThatIsUnderWay_PrintsItsEventsFromTheOneWanted()
    {
        var maximizations = new MaximizationService.MaximizationServiceClient(stack.InferenceChannel);
        var request = new MaximizeFilterRequest
        {
            Model = "nanodet",
            Layer = "Add_4",
            Filters = { 3, 5 },
            Settings = new MaximizationSettings { Steps = 6, Height = 64 },
        };
        var run = (await maximizations.StartAsync(new MaximizationServiceStartRequest { Request = request })).Run;

        var whole = await WatchAsync(run.RunId);
        var rest = await WatchAsync("--from", "4", run.RunId);

        var lines = whole.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("1: nanodet Add_4: 2 filters, 6 steps", lines[0]);
        Assert.EndsWith(": completed", lines[^1], StringComparison.Ordinal);
        Assert.Equal(12, lines.Count(line => line.Contains(" iteration ", StringComparison.Ordinal)));
        Assert.Equal(2, lines.Count(line => line.Contains(" done, objective ", StringComparison.Ordinal)));
        Assert.Equal(lines[3..], rest.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        async Task<ToolResult> WatchAsync(params string[] arguments)
        {
            await _installed.Value;
            var watch = await ToolProcess.RunAsync(
                _folder, "node", ["watch.mjs", "--endpoint", stack.InferenceAddress.Authority, .. arguments]);
            Assert.True(watch.ExitCode == 0, watch.All);
            return watch;
        }
    }

    private static async Task InstallAsync()
    {
        var installed = new FileInfo(Path.Combine(_folder, "node_modules", ".package-lock.json"));
        if (installed.Exists
            && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(_folder, "package-lock.json")))
        {
            return;
        }

        var run = await ToolProcess.RunAsync(_folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        Assert.True(run.ExitCode == 0, run.All);
    }

    private async Task<ToolResult> RunAsync(string folder, params string[] arguments)
    {
        await _installed.Value;
        return await ToolProcess.RunAsync(
            folder, "node", [Path.Combine(_folder, "maximize.mjs"), "--endpoint", stack.RenderAddress.Authority, .. arguments]);
    }
}

/// <summary>A test that needs Node.js with npm; the set-up of the tests installs both.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute()
    {
        if (!Tools.OnPath("node") || !Tools.OnPath("npm"))
        {
            Skip = "Node.js with npm is not installed; ./cnnviz test installs it";
        }
    }
}
