using System.Globalization;
using System.Text.RegularExpressions;
using CnnViz.Tests.Shared;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.OneDnn;

/// <summary>The C++ tests of native/onednn: every operation, geometry and post against loops in double precision.</summary>
public sealed partial class NativeShimTests(ITestOutputHelper output)
{
    private static readonly Lazy<Task<string>> _program = new(BuildAsync);

    [Theory]
    [InlineData("")]
    [InlineData("avx2")]
    public async Task Run_InstructionSet_AllPass(string isa)
    {
        var run = await ToolProcess.RunAsync(AppContext.BaseDirectory, await _program.Value, isa.Length == 0 ? [] : [isa]);
        var counts = Counts().Match(run.Output);
        Assert.True(run.ExitCode == 0 && counts.Success, run.All);
        output.WriteLine(counts.Value);
        Assert.True(int.Parse(counts.Groups[1].Value, CultureInfo.InvariantCulture) > 1000, counts.Value);
    }

    [GeneratedRegex("^([0-9]+) passed, 0 failed", RegexOptions.Multiline)]
    private static partial Regex Counts();

    private static async Task<string> BuildAsync()
    {
        var build = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "native-tests")).FullName;
        var source = Path.Combine(RepositoryPaths.Root, "native", "onednn");
        var configure = await ToolProcess.RunAsync(build, "cmake", "-S", source, "-B", build, "-DCNNVIZ_NATIVE_TESTS=ON");
        Assert.True(configure.ExitCode == 0, configure.All);
        var make = await ToolProcess.RunAsync(build, "cmake", "--build", build, "--parallel", "2");
        Assert.True(make.ExitCode == 0, make.All);
        return Path.Combine(build, "tests", "cnnviz_onednn_tests");
    }
}
