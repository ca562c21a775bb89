using System.Security.Cryptography;
using CnnViz.Stack.Tests.Secure;
using CnnViz.Tests.Shared;
using CnnViz.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit.Abstractions;

namespace CnnViz.Stack.Tests;

/// <summary>
/// A model of each format uploaded by real clients: what the service makes of a picture is what the framework made of it that
/// wrote the model; it lies under the model root, another replica of that root has it too, and it goes when it is deleted.
/// </summary>
[Collection(StackCollection.Name)]
public sealed class UploadParityTests(StackFixture stack, UploadedModels models, ITestOutputHelper output)
    : IClassFixture<UploadedModels>
{
    [Theory]
    [InlineData("layers-model", "tool")]
    [InlineData("keras-h5", "tool")]
    [InlineData("keras-archive", "tool")]
    [InlineData("onnx", "tool")]
    [InlineData("safetensors", "tool")]
    [InlineData("keras-h5", "python")]
    [InlineData("onnx", "python")]
    [InlineData("graph-model", "python")]
    public async Task Upload_ByARealClient_ComputesWhatItsFrameworkDoes(string format, string client)
    {
        var model = await models.OfAsync(format);
        var name = $"parity-{format}-{client}";
        using var folder = new TemporaryFolder();

        var added = client == "tool"
            ? await ToolAsync(folder, ["add", model.Files[0], .. Beside(model), "--name", name, .. model.Options])
            : await PythonAsync(folder, ["--name", name, .. model.Options, .. model.Files]);
        Assert.True(added.ExitCode == 0, added.All);

        var maps = await MapsAsync(stack.Inference, name, model);
        var worst = 0.0;
        foreach (var ((layer, expected), map) in model.Outputs.Zip(maps, (wanted, map) => (wanted, map)))
        {
            Assert.Equal(expected.Length, map.Values.Length);
            var error = RelativeError(map.Values, expected);
            Assert.True(error <= 1e-4, $"{layer}: relative error {error:e2}");
            worst = Math.Max(worst, error);
        }

        output.WriteLine($"{format} by {client}: {maps.Count} layers, largest relative error {worst:e2}");
        var info = await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = name });
        Assert.Contains(info.Digest, added.Output, StringComparison.Ordinal);
        Assert.Equal(Path.GetFileName(model.Files[0]), info.WeightsFile);
        AssertPersisted(name, model);
        await AssertSeenByAnotherReplicaAsync(name, model, info.Digest, maps);

        var removed = client == "tool"
            ? await ToolAsync(folder, ["remove", name])
            : await PythonAsync(folder, ["--delete", name]);
        Assert.True(removed.ExitCode == 0, removed.All);
        Assert.False(Directory.Exists(Path.Combine(stack.Root, name)));
        var gone = await Assert.ThrowsAsync<RpcException>(() => MapsAsync(stack.Inference, name, model));
        Assert.Equal(StatusCode.NotFound, gone.StatusCode);
    }

    /// <summary>Weights for another network than the one named: refused by what does not fit, and nothing is left.</summary>
    [Fact]
    public async Task Upload_WeightsForAnotherNetwork_AreRefusedInWords()
    {
        using var folder = new TemporaryFolder();
        var weights = (await models.OfAsync("safetensors")).Files[0];
        var refused = await ToolAsync(
            folder, ["add", weights, "--name", "parity-wrong", "--architecture", "resnet34-torchvision"]);

        Assert.Equal(1, refused.ExitCode);
        const string reason = "its weights are for 'resnet18-torchvision', not for 'resnet34-torchvision'";
        Assert.Contains(reason, refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(stack.Root, "parity-wrong")));
        Assert.Empty(Directory.EnumerateDirectories(stack.Root, ".incoming-*"));
    }

    private void AssertPersisted(string name, UploadedModel model)
    {
        foreach (var file in model.Files)
        {
            var kept = File.ReadAllBytes(Path.Combine(stack.Root, name, Path.GetFileName(file)));
            Assert.Equal(SHA256.HashData(File.ReadAllBytes(file)), SHA256.HashData(kept));
        }
    }

    private async Task AssertSeenByAnotherReplicaAsync(string name, UploadedModel model, string digest, List<Tensor> maps)
    {
        await using var replica = await ServiceProcess.StartAsync("CnnViz.Inference", new Dictionary<string, string>
        {
            ["CNNVIZ_MODELS"] = stack.Root,
            ["CNNVIZ_GRPC_PORT"] = "0",
            ["CNNVIZ_HTTP_PORT"] = "0",
        });
        using var channel = GrpcChannel.ForAddress(replica.Grpc);
        var inference = new InferenceService.InferenceServiceClient(channel);
        var info = await inference.ModelInfoAsync(new ModelInfoRequest { Model = name });
        Assert.Equal(digest, info.Digest);
        var again = await MapsAsync(inference, name, model);
        Assert.Equal(maps.Select(map => map.Header.Sha256), again.Select(map => map.Header.Sha256));
    }

    private static Task<List<Tensor>> MapsAsync(
        InferenceService.InferenceServiceClient service, string name, UploadedModel model) => service.MapsAsync(new FeatureMapsRequest
        {
            Model = name,
            Layers = { model.Outputs.Select(wanted => wanted.Layer) },
            Picture = new Picture { Data = ByteString.CopyFrom(model.Picture) },
            Height = model.Height,
            Width = model.Width,
        });

    private static double RelativeError(float[] actual, float[] expected)
    {
        var (error, size) = (0.0, 0.0);
        for (var i = 0; i < expected.Length; i++)
        {
            error += Math.Pow((double)actual[i] - expected[i], 2);
            size += Math.Pow(expected[i], 2);
        }

        return Math.Sqrt(error / size);
    }

    /// <summary>Files that the tool does not find by itself.</summary>
    private static IEnumerable<string> Beside(UploadedModel model) => Path.GetExtension(model.Files[0]) == ".json"
        ? []
        : model.Files.Skip(1).SelectMany(file => new[] { "--data", file });

    private Task<ToolResult> ToolAsync(TemporaryFolder folder, IEnumerable<string> arguments) => ToolProcess.RunAsync(
        folder.Path,
        "dotnet",
        [StackFixture.Program("CnnViz.Cli", "cnnviz-cli"), "models", .. arguments, "--endpoint", stack.InferenceAddress.Authority]);

    private Task<ToolResult> PythonAsync(TemporaryFolder folder, IEnumerable<string> arguments) => ToolProcess.RunAsync(
        folder.Path,
        "/usr/bin/python3",
        [
            Path.Combine(RepositoryPaths.Root, "clients", "python", "upload.py"), "--endpoint", stack.InferenceAddress.Authority,
            .. arguments,
        ]);
}
