using System.Globalization;
using System.Text.Json;
using CnnViz.Tests.Shared;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Stack.Tests;

/// <summary>MODEL as the path of a file: through the tool with a stack of its own, and to a stack that allows none.</summary>
[Collection(StackCollection.Name)]
public sealed class ModelFileTests(StackFixture stack)
{
    private static readonly string _detector = Path.Combine(RepositoryPaths.Models, "ppocr-det", "ppocr-det.onnx");

    [DetectorFact]
    public async Task Summary_RelativePathOfAnOnnxFile_ReadByTheStackOfTheCall()
    {
        var folder = Path.GetDirectoryName(_detector)!;
        var run = await RunAsync(folder, "summary", "./ppocr-det.onnx", "--json");

        Assert.True(run.ExitCode == 0, run.All);
        using var info = JsonDocument.Parse(run.Output);
        var name = info.RootElement.GetProperty("name").GetString()!;
        Assert.True(Path.IsPathRooted(name) && Path.GetFileName(name) == "ppocr-det.onnx", name);
        var transposed = info.RootElement.GetProperty("layers").EnumerateArray()
            .Where(layer => layer.GetProperty("className").GetString() == "Conv2DTranspose").ToList();
        Assert.Equal(2, transposed.Count);
        Assert.All(transposed, layer => Assert.Equal("IOHW", layer.GetProperty("weights")[0].GetProperty("layout").GetString()));
    }

    [Fact]
    public async Task Summary_AbsolutePathOfATensorFlowJsFile_ReadByTheStackOfTheCall()
    {
        using var elsewhere = new TemporaryFolder();
        var run = await RunAsync(elsewhere.Path, "summary", Path.Combine(RepositoryPaths.Models, "fashion-cnn", "model.json"));

        Assert.True(run.ExitCode == 0, run.All);
        Assert.Contains("Total params", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Summary_FileThatIsNoModel_SaysSo()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "bad.onnx"), "this is no network");
        var run = await RunAsync(folder.Path, "summary", "bad.onnx");

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output.Trim());
        Assert.Contains("bad.onnx' cannot be used", run.Error, StringComparison.Ordinal);
    }

    /// <summary>Both transposed convolutions of the text detector: norms and grid go by output channel.</summary>
    [DetectorFact]
    public async Task Filters_TransposedConvolutions_AreCountedByTheirOutputs()
    {
        using var folder = new TemporaryFolder();
        var kernels = await ToolProcess.RunAsync(folder.Path, "/usr/bin/python3", "-c", $"""
            import numpy, onnx
            from onnx import numpy_helper
            graph = onnx.load('{_detector}').graph
            values = dict((tensor.name, numpy_helper.to_array(tensor)) for tensor in graph.initializer)
            constants = [node for node in graph.node if node.op_type == 'Constant']
            values.update((node.output[0], numpy_helper.to_array(node.attribute[0].t)) for node in constants)
            for node in graph.node:
                if node.op_type == 'ConvTranspose':
                    kernel = values[node.input[1]].astype('float64')
                    norms = numpy.sqrt((kernel ** 2).sum((0, 2, 3)))
                    print(node.name, kernel.shape[0], *(format(norm, '.9g') for norm in norms))
            """);
        Assert.True(kernels.ExitCode == 0, kernels.All);
        var lines = kernels.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToList();
        Assert.Equal(2, lines.Count);
        var expected = lines
            .Select(line => (Layer: line[0], Inputs: line[1], Norms: line[2..].Select(Number).ToArray()))
            .ToList();

        foreach (var (layer, inputs, norms) in expected)
        {
            var picture = Path.Combine(folder.Path, "kernels.png");
            var run = await RunAsync(
                folder.Path, "filters", _detector, layer, "--role", "kernel", "--stats", "-o", picture, "--json");
            Assert.True(run.ExitCode == 0, run.All);
            var answers = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            using var described = JsonDocument.Parse(answers[^1]);
            var found = described.RootElement.GetProperty("statistics")[0].GetProperty("filterL2").EnumerateArray()
                .Select(value => value.GetDouble()).ToArray();
            Assert.Equal(norms.Length, found.Length);
            Assert.All(norms.Zip(found), pair => Assert.InRange(Math.Abs(pair.First - pair.Second) / pair.First, 0, 1e-6));
            Assert.Contains($"{norms.Length} filters (rows) over {inputs} input channels", answers[0], StringComparison.Ordinal);
            Assert.True(File.Exists(picture));
        }
    }

    [Fact]
    public async Task Summary_PathToAStackThatAllowsNone_IsRefusedInWords()
    {
        using var folder = new TemporaryFolder();
        var run = await RunAsync(folder.Path, "summary", "./my.onnx", "--inference-endpoint", stack.InferenceAddress.Authority);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("'./my.onnx' cannot be read: this service reads no model by its path", run.Error);
        Assert.Contains("CNNVIZ_MODEL_FILES", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc/model.json")]
    [InlineData("../nanodet/nanodet.json")]
    public async Task ModelInfo_PathWhereNoneIsAllowed_FailedPrecondition(string path)
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = path }));

        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
    }

    private static double Number(string word) => double.Parse(word, CultureInfo.InvariantCulture);

    private static Task<ToolResult> RunAsync(string folder, params string[] arguments) => ToolProcess.RunAsync(
        folder,
        "dotnet",
        [
            StackFixture.Program("CnnViz.Cli", "cnnviz-cli"), .. arguments,
            "--apphost", StackFixture.Program("CnnViz.AppHost", "CnnViz.AppHost"),
        ]);

    /// <summary>A fact about the text detector; skipped, with the reason, where that is not installed.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class DetectorFactAttribute : FactAttribute
    {
        public DetectorFactAttribute() =>
            Skip = File.Exists(_detector) ? null : "model 'ppocr-det' is not installed; ./cnnviz test installs it";
    }
}
