using CnnViz.Tests.Shared;

namespace CnnViz.Contract.Tests;

/// <summary>The contract's style, and its promise to old clients: buf checks both.</summary>
public sealed class BufTests : IAsyncLifetime
{
    private static readonly string _folder = Path.Combine(RepositoryPaths.Root, "tests", "CnnViz.Contract.Tests");
    private static readonly string _protos = Path.Combine(RepositoryPaths.Root, "protos");

    // The contract as of the last release; regenerate with the command in protos/README.md.
    private static readonly string _baseline = Path.Combine(_protos, "baseline.json");

    public async Task InitializeAsync()
    {
        var installed = await ToolProcess.RunAsync(_folder, "npm", "install");
        Assert.True(installed.ExitCode == 0, installed.All);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Lint_Standard_IsClean()
    {
        var result = await Buf("lint", _protos);
        Assert.True(result.ExitCode == 0, result.All);
    }

    [Fact]
    public async Task Breaking_AgainstTheBaseline_IsClean()
    {
        var result = await Buf("breaking", _protos, "--against", _baseline);
        Assert.True(result.ExitCode == 0, result.All);
    }

    [Fact]
    public async Task Breaking_ARenumberedField_IsCaught()
    {
        var copy = Directory.CreateTempSubdirectory("cnnviz-protos-").FullName;
        try
        {
            foreach (var file in Directory.EnumerateFiles(_protos, "*", SearchOption.AllDirectories)
                .Where(file => Path.GetExtension(file) is ".proto" or ".yaml"))
            {
                var target = Path.Combine(copy, Path.GetRelativePath(_protos, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                var text = await File.ReadAllTextAsync(file);
                await File.WriteAllTextAsync(
                    target, text.Replace("uint64 sequence = 2;", "uint64 sequence = 12;", StringComparison.Ordinal));
            }

            var result = await Buf("breaking", copy, "--against", _baseline);
            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains("sequence", result.All, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static Task<ToolResult> Buf(params string[] arguments) =>
        ToolProcess.RunAsync(_folder, Path.Combine(_folder, "node_modules", ".bin", "buf"), arguments);
}
