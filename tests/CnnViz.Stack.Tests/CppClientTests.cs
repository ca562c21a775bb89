using System.Reflection;
using CnnViz.Tests.Shared;

namespace CnnViz.Stack.Tests;

/// <summary>The C++ program of clients/cpp, built with the system's compiler, against the running stack.</summary>
[Collection(StackCollection.Name)]
public sealed class CppClientTests(StackFixture stack)
{
    // Built once for all tests, beside the .NET outputs; CMake builds again only what changed.
    private static readonly Lazy<Task<string>> _program = new(BuildAsync);

    /// <summary>The built program.</summary>
    internal static Task<string> Program => _program.Value;

    [CppFact]
    public async Task Maximize_AFewFilters_PrintsProgressAndSavesThePicture()
    {
        using var folder = new TemporaryFolder();
        var run = await RunAsync(
            folder.Path, "--model", "nanodet", "--layer", "Add_10",
            "--filters", "0-2,7", "--steps", "4", "--size", "64", "-o", "out.png");
        Assert.True(run.ExitCode == 0, run.All);
        Assert.Contains("nanodet Add_10: 4 filters, 64 x 64 px, 4 steps, recipe lucid", run.Error, StringComparison.Ordinal);
        Assert.Contains("iteration 4/4", run.Error, StringComparison.Ordinal);
        Assert.Contains("133 x 133 px, 4 tiles", run.Output, StringComparison.Ordinal);

        // Pillow, not our own decoder, says what the file is: 2x2 tiles of 64 px with 5 px between.
        var size = await ToolProcess.RunAsync(
            folder.Path, "/usr/bin/python3", "-c",
            "import PIL.Image as I; p = I.open('out.png'); p.load(); print(p.size, p.mode)");
        Assert.Equal("(133, 133) RGB", size.Output.Trim());
    }

    [CppFact]
    public async Task Maximize_UnknownLayer_SaysTheNearestAndFails()
    {
        using var folder = new TemporaryFolder();
        var run = await RunAsync(folder.Path, "--model", "nanodet", "--layer", "Ad_10", "--filters", "0", "-o", "out.png");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Add_10", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.Path, "out.png")));
    }

    [CppFact]
    public async Task Maximize_BadOption_UsageError()
    {
        using var folder = new TemporaryFolder();
        var run = await RunAsync(folder.Path, "--filters", "9-1", "-o", "out.png");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("'9-1'", run.Error, StringComparison.Ordinal);
        Assert.Contains("usage:", run.Error, StringComparison.Ordinal);
    }

    private static async Task<string> BuildAsync()
    {
        var artifacts = typeof(CppClientTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "ArtifactsPath").Value!;
        var build = Directory.CreateDirectory(Path.Combine(artifacts, "clients-cpp")).FullName;
        var source = Path.Combine(RepositoryPaths.Root, "clients", "cpp");
        var configure = await ToolProcess.RunAsync(build, "cmake", "-S", source, "-B", build);
        Assert.True(configure.ExitCode == 0, configure.All);
        var make = await ToolProcess.RunAsync(build, "cmake", "--build", build, "--parallel", "2");
        Assert.True(make.ExitCode == 0, make.All);
        return Path.Combine(build, "maximize");
    }

    private async Task<ToolResult> RunAsync(string folder, params string[] arguments) => await ToolProcess.RunAsync(
        folder, await _program.Value, ["--endpoint", stack.RenderAddress.Authority, .. arguments]);
}

/// <summary>A test that needs a C++ compiler, CMake and the gRPC library; the set-up of the tests installs them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CppFactAttribute : FactAttribute
{
    public CppFactAttribute()
    {
        string[] programs = ["g++", "cmake", "protoc", "grpc_cpp_plugin"];
        if (programs.FirstOrDefault(program => !Tools.OnPath(program)) is { } missing)
        {
            Skip = $"{missing} is not installed; ./cnnviz test installs it";
        }
        else if (!File.Exists("/usr/include/grpcpp/grpcpp.h"))
        {
            Skip = "libgrpc++-dev is not installed; ./cnnviz test installs it";
        }
    }
}
