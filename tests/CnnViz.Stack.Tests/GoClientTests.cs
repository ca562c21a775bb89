using System.Globalization;
using System.Reflection;
using System.Text.Json;
using CnnViz.Tests.Shared;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Stack.Tests;

/// <summary>The Go program of clients/go, which follows runs that others started, against the running stack.</summary>
[Collection(StackCollection.Name)]
public sealed class GoClientTests(StackFixture stack)
{
    private const int Size = 40;

    // Built once for all tests, beside the .NET outputs.
    private static readonly Lazy<Task<string>> _program = new(BuildAsync);

    /// <summary>Where the program is, once it is built.</summary>
    public static Task<string> Program => _program.Value;

    private readonly MaximizationService.MaximizationServiceClient _maximizations = new(stack.InferenceChannel);

    [GoFact]
    public async Task Follow_RunsOfOthers_WritesEachPictureScaledDown()
    {
        using var folder = new TemporaryFolder();
        var first = await StartAsync(new() { Steps = 6, Height = 64, PreviewInterval = 2 }, 3, 5);
        var second = await StartAsync(
            new() { Steps = 4, Height = 64, Width = 96, Diversity = new() { Variants = 2 }, Seed = 9 }, 7);
        await ListedAsync(first, second);

        var follow = await FollowAsync(folder, stack.InferenceAddress.Authority, "-once");

        Assert.True(follow.ExitCode == 0, follow.All);
        Assert.Contains($"{first}: nanodet Add_4, 2 filters, 6 steps", follow.Error, StringComparison.Ordinal);
        Assert.True(follow.Error.Contains($"{second}: completed", StringComparison.Ordinal), follow.All);
        Assert.Equal(
            ["filter-0003-strip.png", "filter-0003.png", "filter-0005-strip.png", "filter-0005.png"], Files(folder, first));
        Assert.Equal(
            ["filter-0007-1-strip.png", "filter-0007-1.png", "filter-0007-strip.png", "filter-0007.png"], Files(folder, second));

        // Three previews and the result; the other run makes no previews.
        await CompareAsync(folder, first, (Size, Size), (4 * (Size + 2)) - 2);
        await CompareAsync(folder, second, (Size, 27), Size);

        var page = await File.ReadAllTextAsync(Path.Combine(folder.Path, "runs", "index.html"));
        Assert.True(page.IndexOf(second, StringComparison.Ordinal) < page.IndexOf(first, StringComparison.Ordinal), page);
        Assert.Contains($"{first}/filter-0003-strip.png", page, StringComparison.Ordinal);
        Assert.Contains("completed", page, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*.new", SearchOption.AllDirectories));
    }

    /// <summary>Two connections break in the middle of the pictures' bytes; each event still comes once and in order.</summary>
    [GoFact]
    public async Task Follow_ConnectionsBreak_GoesOnWithTheNextEvent()
    {
        using var folder = new TemporaryFolder();
        var id = await StartAsync(new() { Steps = 3, Height = 128, PreviewInterval = 1 }, 1, 2);
        await using var proxy = new CuttingProxy(stack.InferenceAddress, cuts: 2, after: 120_000);

        var follow = await FollowAsync(folder, proxy.Endpoint, "-run", id);

        Assert.True(follow.ExitCode == 0, follow.All);
        Assert.Equal(0, proxy.CutsLeft);
        Assert.Contains($"{id}: the connection broke; going on from event ", follow.Error, StringComparison.Ordinal);
        Assert.Single(follow.Error.Split('\n'), line => line.Contains($"{id}: filter 1, objective", StringComparison.Ordinal));
        await CompareAsync(folder, id, (Size, Size), (4 * (Size + 2)) - 2);
    }

    [GoFact]
    public async Task Follow_UnknownRun_SaysSoAndFails()
    {
        using var folder = new TemporaryFolder();
        var follow = await FollowAsync(folder, stack.InferenceAddress.Authority, "-run", new string('0', 26));

        Assert.Equal(1, follow.ExitCode);
        Assert.Contains(new string('0', 26), follow.Error, StringComparison.Ordinal);
    }

    [GoFact]
    public async Task Follow_BadOption_UsageError()
    {
        using var folder = new TemporaryFolder();
        var follow = await FollowAsync(folder, stack.InferenceAddress.Authority, "-run", "../../etc");

        Assert.Equal(2, follow.ExitCode);
        Assert.Contains("is no run's id", follow.Error, StringComparison.Ordinal);
    }

    private async Task<string> StartAsync(MaximizationSettings settings, params int[] filters)
    {
        var request = new MaximizeFilterRequest
        {
            Model = "nanodet",
            Layer = "Add_4",
            Filters = { filters },
            Settings = settings,
        };
        return (await _maximizations.StartAsync(new MaximizationServiceStartRequest { Request = request })).Run.RunId;
    }

    /// <summary>A run is listed once it is published, a moment after it has begun.</summary>
    private async Task ListedAsync(params string[] runs)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var listed = await _maximizations.ListAsync(new MaximizationServiceListRequest(), cancellationToken: limit.Token);
            if (runs.All(id => listed.Runs.Any(run => run.RunId == id)))
            {
                return;
            }

            await Task.Delay(10, limit.Token);
        }
    }

    /// <summary>Holds a run's files to what another client receives of the run.</summary>
    private async Task CompareAsync(TemporaryFolder folder, string id, (int Width, int Height) size, int strip)
    {
        var list = new List<object>();
        using var call = _maximizations.Watch(new MaximizationServiceWatchRequest { RunId = id });
        MaximizationResult? result = null;
        var bytes = new MemoryStream();
        await foreach (var message in call.ResponseStream.ReadAllAsync())
        {
            result = message.Event.Result ?? result;
            if (message.Event.Chunk is not { } chunk)
            {
                continue;
            }

            bytes.Write(chunk.Data.Span);
            if (bytes.Length == (long)result!.Image.ByteLength)
            {
                var tensor = Path.Combine(folder.Path, $"{list.Count}.f32");
                await File.WriteAllBytesAsync(tensor, bytes.ToArray());
                bytes.SetLength(0);
                var name = $"filter-{result.Filter:0000}{(result.Variant > 0 ? $"-{result.Variant}" : "")}";
                var path = Path.Combine(folder.Path, "runs", id, name);
                list.Add(new { tensor, shape = result.Image.Shape, thumbnail = $"{path}.png", strip = $"{path}-strip.png" });
            }
        }

        Assert.Equal(2, list.Count);
        var json = Path.Combine(folder.Path, "list.json");
        await File.WriteAllTextAsync(json, JsonSerializer.Serialize(list));
        var script = Path.Combine(RepositoryPaths.Root, "tests", "CnnViz.Stack.Tests", "thumbnails.py");
        var compared = await ToolProcess.RunAsync(folder.Path, "/usr/bin/python3", script, json);
        Assert.True(compared.ExitCode == 0, compared.All);
        foreach (var line in compared.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var numbers = line.Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray();
            var found = ((int)numbers[0], (int)numbers[1], (int)numbers[3], (int)numbers[4]);
            Assert.Equal((size.Width, size.Height, strip, size.Height), found);

            // Half a level is lost where means become bytes.
            Assert.InRange(numbers[2], 0, 0.51);
            Assert.Equal(0, numbers[5]);
        }
    }

    private static IEnumerable<string?> Files(TemporaryFolder folder, string id) =>
        Directory.EnumerateFiles(Path.Combine(folder.Path, "runs", id)).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private static async Task<ToolResult> FollowAsync(TemporaryFolder folder, string endpoint, params string[] arguments) =>
        await ToolProcess.RunAsync(
            folder.Path, await _program.Value, ["-endpoint", endpoint, "-o", "runs", "-size", $"{Size}", .. arguments]);

    private static async Task<string> BuildAsync()
    {
        var artifacts = typeof(GoClientTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "ArtifactsPath").Value!;
        var build = Path.Combine(artifacts, "clients-go");
        var make = await ToolProcess.RunAsync(
            Path.Combine(RepositoryPaths.Root, "clients", "go"), "make", "--silent", $"BUILD={build}");
        Assert.True(make.ExitCode == 0, make.All);
        return Path.Combine(build, "follow");
    }
}

/// <summary>A test that needs Go and its gRPC packages; the set-up of the tests installs them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GoFactAttribute : FactAttribute
{
    public GoFactAttribute()
    {
        string[] programs = ["go", "make", "protoc", "protoc-gen-go", "protoc-gen-go-grpc"];
        if (programs.FirstOrDefault(program => !Tools.OnPath(program)) is { } missing)
        {
            Skip = $"{missing} is not installed; ./cnnviz test installs it";
        }
        else if (!Directory.Exists("/usr/share/gocode/src/google.golang.org/grpc"))
        {
            Skip = "golang-google-grpc-dev is not installed; ./cnnviz test installs it";
        }
    }
}
