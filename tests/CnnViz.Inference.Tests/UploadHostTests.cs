using System.Security.Cryptography;
using CnnViz.Tests.Shared;
using CnnViz.V1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;

namespace CnnViz.Inference.Tests;

/// <summary>Uploads as the host's settings have them; hosts that share a model root.</summary>
public sealed class UploadHostTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task RegisterAndDelete_NotAllowed_FailedPreconditionNamesTheVariable()
    {
        await using var host = await RunningHost.StartWithAsync($"--CNNVIZ_MODELS={_folder.Path}");
        var service = new ModelService.ModelServiceClient(host.Channel);

        var register = await RefusalAsync(service, Messages("mine"));
        var delete = await Assert.ThrowsAsync<RpcException>(
            async () => await service.DeleteModelAsync(new DeleteModelRequest { Name = "anything" }));

        foreach (var error in new[] { register, delete })
        {
            Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
            Assert.Equal("MODEL_UPLOADS_OFF", RunningHost.Detail<ErrorInfo>(error).Reason);
            Assert.Contains("CNNVIZ_MODEL_UPLOADS", error.Status.Detail, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task RegisterModel_HostsOnOneRoot_TheOtherSeesItComeAndGoWithoutARestart()
    {
        await using var takes = await StartAsync();
        await using var other = await RunningHost.StartWithAsync($"--CNNVIZ_MODELS={_folder.Path}");
        var service = new ModelService.ModelServiceClient(takes.Channel);
        Assert.Equal(StatusCode.NotFound, (await MissingAsync(other, "mine")).StatusCode);

        var answer = await SendAsync(service, Messages("mine"));
        var info = await other.Client.ModelInfoAsync(new ModelInfoRequest { Model = "mine" });
        Assert.Equal((answer.Digest, answer.TotalParameters), (info.Digest, info.TotalParameters));

        await service.DeleteModelAsync(new DeleteModelRequest { Name = "mine" });
        Assert.Equal(StatusCode.NotFound, (await MissingAsync(other, "mine")).StatusCode);
    }

    [Theory]
    [InlineData("Bytes=1000", "header.files[1].byte_length")]
    [InlineData("TotalBytes=1000", "header.files")]
    [InlineData("Layers=2", "header.files")]
    [InlineData("Parameters=10", "header.files")]
    public async Task RegisterModel_BeyondALimit_IsRefusedAndLeavesNothing(string limit, string field)
    {
        await using var host = await StartAsync($"--Uploads:{limit}");

        var error = await RefusalAsync(new ModelService.ModelServiceClient(host.Channel), Messages("mine"));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains(field, RunningHost.Detail<BadRequest>(error).FieldViolations.Select(violation => violation.Field));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task RegisterModel_MoreAtOnceThanAllowed_IsShedWithATimeToRetry()
    {
        await using var host = await StartAsync("--Uploads:Concurrency=1");
        var service = new ModelService.ModelServiceClient(host.Channel);
        using var first = service.RegisterModel();
        var messages = Messages("first").ToList();
        await first.RequestStream.WriteAsync(messages[0]);
        await first.RequestStream.WriteAsync(messages[1]);
        RunningHost.Until(() => Directory.EnumerateDirectories(_folder.Path, ".incoming-*").Any());

        var error = await RefusalAsync(service, Messages("second"));
        Assert.Equal((StatusCode.ResourceExhausted, "UPLOADS_FULL"), (error.StatusCode, RunningHost.Detail<ErrorInfo>(error).Reason));

        foreach (var message in messages.Skip(2))
        {
            await first.RequestStream.WriteAsync(message);
        }

        await first.RequestStream.CompleteAsync();
        Assert.Equal("first", (await first.ResponseAsync).Name);
    }

    [Fact]
    public async Task RegisterModel_NothingComes_IsGivenUpAndLeavesNothing()
    {
        await using var host = await StartAsync("--Uploads:Idle=00:00:01");
        using var call = new ModelService.ModelServiceClient(host.Channel).RegisterModel();
        foreach (var message in Messages("mine").Take(2))
        {
            await call.RequestStream.WriteAsync(message);
        }

        var error = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseAsync.WaitAsync(RunningHost.Patience));

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<RegisterModelRequest> Messages(string name)
    {
        string[] names = ["model.json", "weights.bin"];
        var files = names.Select(file => File.ReadAllBytes(Path.Combine(RepositoryPaths.Models, "fashion-cnn", file))).ToArray();
        var header = new ModelUpload { Name = name };
        foreach (var (file, bytes) in names.Zip(files))
        {
            header.Files.Add(
                new ModelFile { Name = file, ByteLength = bytes.Length, Sha256 = ByteString.CopyFrom(SHA256.HashData(bytes)) });
        }

        yield return new RegisterModelRequest { Header = header };
        for (var i = 0; i < files.Length; i++)
        {
            // Both files are smaller than a chunk may be.
            yield return new RegisterModelRequest { Chunk = new ModelFileChunk { File = i, Data = ByteString.CopyFrom(files[i]) } };
        }
    }

    private static async Task<RegisterModelResponse> SendAsync(
        ModelService.ModelServiceClient service, IEnumerable<RegisterModelRequest> messages)
    {
        using var call = service.RegisterModel();
        try
        {
            foreach (var message in messages)
            {
                await call.RequestStream.WriteAsync(message);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The service refused before all was sent; its answer says why.
        }

        return await call.ResponseAsync;
    }

    private static Task<RpcException> RefusalAsync(
        ModelService.ModelServiceClient service, IEnumerable<RegisterModelRequest> messages) =>
        Assert.ThrowsAsync<RpcException>(() => SendAsync(service, messages));

    private static Task<RpcException> MissingAsync(RunningHost host, string model) => Assert.ThrowsAsync<RpcException>(
        async () => await host.Client.ModelInfoAsync(new ModelInfoRequest { Model = model }));

    private Task<RunningHost> StartAsync(params string[] arguments) =>
        RunningHost.StartWithAsync([$"--CNNVIZ_MODELS={_folder.Path}", "--CNNVIZ_MODEL_UPLOADS=1", .. arguments]);
}
