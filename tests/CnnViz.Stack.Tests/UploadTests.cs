using CnnViz.Tests.Shared;
using CnnViz.V1;
using Google.Protobuf;
using Grpc.Core;

namespace CnnViz.Stack.Tests;

/// <summary>Models taken in over gRPC: used, deleted, replaced; from the tool and from Python.</summary>
[Collection(StackCollection.Name)]
public sealed class UploadTests(StackFixture stack)
{
    [Fact]
    public async Task RegisterModel_TensorFlowJsModel_IsUsableAtOnceAndGoneWhenDeleted()
    {
        var upload = Upload.Of("fashion-cnn", "up-fashion");
        upload.Header.Format = ModelFormat.Tfjs;
        upload.Header.Metadata =
            new ModelMetadata { Description = "a test", Order = ChannelOrder.Gray, Labels = { "one", "two" } };
        var original = await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = "fashion-cnn" });

        var answer = await upload.SendAsync(stack.Models);
        var info = await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = "up-fashion" });

        Assert.Equal((original.Digest, original.TotalParameters), (answer.Digest, answer.TotalParameters));
        Assert.Equal((original.Digest, "a test", "model.json"), (info.Digest, info.Description, info.WeightsFile));
        Assert.Equal(["one", "two"], info.Labels);
        Assert.Contains(await ListedAsync(), model => model is { Name: "up-fashion", Available: true, WeightsFile: "model.json" });
        Assert.Equal(
            [".cnnviz-model.json", "model.json", "weights.bin"],
            Directory.EnumerateFiles(Path.Combine(stack.Root, "up-fashion")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        await stack.Models.DeleteModelAsync(new DeleteModelRequest { Name = "up-fashion" });
        Assert.DoesNotContain(await ListedAsync(), model => model.Name == "up-fashion");
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = "up-fashion" }));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
        NothingIsLeft();
    }

    [Fact]
    public async Task RegisterModel_PreprocessingGiven_IsWhatTheInputSays()
    {
        var upload = Upload.Of("patches", "up-patches");
        upload.Header.Metadata = new ModelMetadata { Order = ChannelOrder.Bgr, Mean = { 1, 2, 3 }, Std = { 4 } };

        await upload.SendAsync(stack.Models);

        var input = (await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = "up-patches" })).Input;
        Assert.Equal(ChannelOrder.Bgr, input.Order);
        Assert.Equal([1f, 2, 3], input.Mean);
        Assert.Equal([4f, 4, 4], input.Std);
        await stack.Models.DeleteModelAsync(new DeleteModelRequest { Name = "up-patches" });
    }

    /// <summary>More than a web server takes in one request by default (30 MB), in many chunks.</summary>
    [Fact]
    public async Task RegisterModel_FortyMegabytes_IsTakenIn()
    {
        var upload = Upload.Of("fashion-cnn", "up-large");
        upload.Add("ballast.bin", new byte[40_000_000]);

        await upload.SendAsync(stack.Models);

        Assert.Equal(40_000_000, new FileInfo(Path.Combine(stack.Root, "up-large", "ballast.bin")).Length);
        await stack.Models.DeleteModelAsync(new DeleteModelRequest { Name = "up-large" });
    }

    [Fact]
    public async Task DeleteModel_WhileARunUsesIt_TheRunEndsWellAndTheNameIsFree()
    {
        await Upload.Of("fashion-cnn", "up-busy").SendAsync(stack.Models);
        var layer = (await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = "up-busy" }))
            .Layers.First(l => l.ClassName == "Conv2D").Name;
        var request = new MaximizeFilterRequest
        {
            Model = "up-busy",
            Layer = layer,
            Filters = { 0, 1 },
            Settings = new MaximizationSettings { Recipe = Recipe.Keras, Height = 28, Width = 28, Steps = 60 },
        };
        using var call = stack.Inference.MaximizeFilter(request);
        Assert.True(await call.ResponseStream.MoveNext(default));

        await stack.Models.DeleteModelAsync(new DeleteModelRequest { Name = "up-busy" });
        var replaced = await Upload.Of("patches", "up-busy").SendAsync(stack.Models);

        var last = call.ResponseStream.Current.Event;
        while (await call.ResponseStream.MoveNext(default))
        {
            last = call.ResponseStream.Current.Event;
        }

        Assert.Equal(MaximizationEvent.EventOneofCase.Completed, last.EventCase);
        var info = await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = "up-busy" });
        Assert.Equal(replaced.Digest, info.Digest);
        Assert.NotEqual((await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = "fashion-cnn" })).Digest, info.Digest);
        await stack.Models.DeleteModelAsync(new DeleteModelRequest { Name = "up-busy" });
    }

    [Fact]
    public async Task RegisterModel_FourAtTheSameTime_AllServeInOneProcess()
    {
        string[] models = ["fashion-cnn", "fashion-autoencoder", "patches", "fashion-cnn"];
        var answers = new List<RegisterModelResponse>();
        foreach (var pair in models.Select((model, i) => Upload.Of(model, $"up-four-{i}")).Chunk(2))
        {
            answers.AddRange(await Task.WhenAll(pair.Select(upload => upload.SendAsync(stack.Models))));
        }

        var photo = await File.ReadAllBytesAsync(Path.Combine(RepositoryPaths.Photos, "chelsea.png"));
        var maps = await Task.WhenAll(answers.Select(async answer =>
        {
            var info = await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = answer.Name });
            Assert.Equal(answer.Digest, info.Digest);
            var layer = info.Layers.First(l => l.ClassName == "Conv2D").Name;
            return await stack.Inference.MapsAsync(new FeatureMapsRequest
            {
                Model = answer.Name,
                Layers = { layer },
                Picture = new Picture { Data = ByteString.CopyFrom(photo) },
            });
        }));

        Assert.Equal(3, answers.Select(answer => answer.Digest).Distinct().Count());
        Assert.Equal(4, maps.Length);
        foreach (var answer in answers)
        {
            await stack.Models.DeleteModelAsync(new DeleteModelRequest { Name = answer.Name });
        }
    }

    [Fact]
    public async Task Add_ByTheTool_UploadsAndRemoves()
    {
        using var folder = new TemporaryFolder();
        var model = Path.Combine(RepositoryPaths.Models, "fashion-cnn", "model.json");
        var added = await ToolAsync(folder.Path, "add", model, "--name", "up-tool", "--order", "gray");
        Assert.True(added.ExitCode == 0, added.All);
        var info = await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = "up-tool" });
        Assert.Contains(info.Digest, added.Output, StringComparison.Ordinal);

        var again = await ToolAsync(folder.Path, "add", model, "--name", "up-tool");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("There is a model 'up-tool' already", again.Error, StringComparison.Ordinal);

        var removed = await ToolAsync(folder.Path, "remove", "up-tool");
        Assert.True(removed.ExitCode == 0, removed.All);
        Assert.False(Directory.Exists(Path.Combine(stack.Root, "up-tool")));
    }

    [Fact]
    public async Task Upload_ByThePythonClient_IsTakenIn()
    {
        using var folder = new TemporaryFolder();
        var client = Path.Combine(RepositoryPaths.Root, "clients", "python", "upload.py");
        var model = Path.Combine(RepositoryPaths.Models, "fashion-cnn");
        var run = await ToolProcess.RunAsync(
            folder.Path, "/usr/bin/python3", client, "--endpoint", stack.InferenceAddress.Authority, "--name", "up-python",
            "--mean", "0", "--std", "255", Path.Combine(model, "model.json"), Path.Combine(model, "weights.bin"));

        Assert.True(run.ExitCode == 0, run.All);
        var info = await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = "up-python" });
        Assert.Contains(info.Digest, run.Output, StringComparison.Ordinal);

        var removed = await ToolProcess.RunAsync(
            folder.Path, "/usr/bin/python3", client, "--endpoint", stack.InferenceAddress.Authority, "--delete", "up-python");
        Assert.True(removed.ExitCode == 0, removed.All);
        Assert.False(Directory.Exists(Path.Combine(stack.Root, "up-python")));
    }

    private Task<ToolResult> ToolAsync(string folder, params string[] arguments) => ToolProcess.RunAsync(
        folder,
        "dotnet",
        [StackFixture.Program("CnnViz.Cli", "cnnviz-cli"), "models", .. arguments, "--endpoint", stack.InferenceAddress.Authority]);

    private async Task<IEnumerable<ModelEntry>> ListedAsync() =>
        (await stack.Inference.ListModelsAsync(new ListModelsRequest { PageSize = 1000 })).Models;

    private void NothingIsLeft() => Assert.DoesNotContain(
        Directory.EnumerateDirectories(stack.Root),
        folder => Path.GetFileName(folder).StartsWith(".removed-", StringComparison.Ordinal));
}
