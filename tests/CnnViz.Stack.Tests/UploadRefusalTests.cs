using System.Text;
using CnnViz.V1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using RpcStatus = Google.Rpc.Status;

namespace CnnViz.Stack.Tests;

/// <summary>Uploads that are refused: which field is named, and that nothing is left of them.</summary>
[Collection(StackCollection.Name)]
public sealed class UploadRefusalTests(StackFixture stack)
{
    public static TheoryData<string> BadNames { get; } =
    [
        "", ".", "..", "../up", "up/../../x", "/etc", "a/b", "a\\b", "Ünicode", "up-\u0000x", "UPPER", "-dash", ".hidden", " up",
        "up\n", new string('a', 65), "vgg16", "nanodet", "fashion-cnn", "my.onnx", "my.h5",
    ];

    public static TheoryData<string> BadFiles { get; } =
    [
        "", ".", "..", "../weights.bin", "/etc/passwd", "a/b", "a\\b", ".cnnviz-model.json", "wéights", "x\u0000",
        new string('a', 129), "MODEL.json",
    ];

    public static TheoryData<string, Action<ModelUpload>> BadHeaders { get; } = new()
    {
        { "header.files", header => header.Files.Clear() },
        { "header.files", header => header.Files.Add(Enumerable.Repeat(header.Files[1], 64)) },
        { "header.files[1].sha256", header => header.Files[1].Sha256 = ByteString.CopyFrom(1, 2, 3) },
        { "header.files[0].byte_length", header => header.Files[0].ByteLength = 0 },
        { "header.files[0].byte_length", header => header.Files[0].ByteLength = -1 },
        { "header.files[1].byte_length", header => header.Files[1].ByteLength = long.MaxValue },
        { "header.files[1].byte_length", header => header.Files[1].ByteLength = 3L << 30 },
        { "header.files[0].name", header => header.Files[0].Name = "model.pth" },
        { "header.format", header => header.Format = ModelFormat.Onnx },
        { "header.format", header => header.Format = (ModelFormat)77 },
        { "header.metadata.order", header => header.Metadata.Order = (ChannelOrder)77 },
        { "header.metadata.mean", header => header.Metadata.Mean.Add(float.NaN) },
        { "header.metadata.std", header => header.Metadata.Std.Add(0) },
        { "header.metadata.std", header => header.Metadata.Std.Add([1, 1, 1, 1, 1]) },
        { "header.metadata.height", header => header.Metadata.Width = 8 },
        { "header.metadata.width", header => (header.Metadata.Width, header.Metadata.Height) = (-8, 8) },
        { "header.metadata.size_multiple", header => header.Metadata.SizeMultiple = -1 },
        { "header.metadata.labels", header => header.Metadata.Labels.Add(new string('x', 201)) },
        { "header.metadata.description", header => header.Metadata.Description = "a\nb" },
        { "header.metadata.architecture", header => header.Metadata.Architecture = "vgg17" },
    };

    [Theory]
    [MemberData(nameof(BadNames))]
    public async Task RegisterModel_NameThatCannotBe_IsRefused(string name)
    {
        var upload = Upload.Of("fashion-cnn", "up-refused");
        upload.Header.Name = name;
        await RefusedAsync("header.name", upload.Messages());
    }

    [Theory]
    [MemberData(nameof(BadFiles))]
    public async Task RegisterModel_FileNameThatCannotBe_IsRefused(string name)
    {
        var upload = Upload.Of("fashion-cnn", "up-refused");
        upload.Header.Files[1].Name = name;
        await RefusedAsync("header.files[1].name", upload.Messages());
    }

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public async Task RegisterModel_HeaderThatCannotBe_IsRefusedByField(string field, Action<ModelUpload> spoil)
    {
        var upload = Upload.Of("fashion-cnn", "up-refused");
        spoil(upload.Header);
        await RefusedAsync(field, upload.Messages());
    }

    /// <summary>Random names of characters that mean something to file systems, terminals and protocols.</summary>
    [Fact]
    public async Task RegisterModel_RandomNames_AreRefusedOrStayBelowTheRoot()
    {
        var random = new Random(11);
        const string alphabet = "ab.-_/\\:~%$*?<>|\"' \t\n\u0000\u007f\u202eäA0";
        var outside = Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(stack.Root)!).Order().ToArray();
        for (var i = 0; i < 150; i++)
        {
            var name = new string([.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            var upload = Upload.Single(name, "model.onnx", "no model"u8.ToArray());
            var error = await Assert.ThrowsAsync<RpcException>(() => upload.SendAsync(stack.Models));
            Assert.True(error.StatusCode == StatusCode.InvalidArgument, $"{name}: {error.Status}");
        }

        Assert.Equal(outside, Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(stack.Root)!).Order());
        NothingIsLeft();
    }

    [Fact]
    public async Task RegisterModel_WrongDigest_IsRefused()
    {
        var upload = Upload.Of("fashion-cnn", "up-refused");
        upload.Header.Files[1].Sha256 = ByteString.CopyFrom(new byte[32]);
        await RefusedAsync("header.files[1].sha256", upload.Messages());
    }

    [Fact]
    public async Task RegisterModel_StreamEndsEarly_IsRefused()
    {
        var upload = Upload.Of("fashion-cnn", "up-refused");
        await RefusedAsync("header.files[1].byte_length", upload.Messages().SkipLast(1));
        await RefusedAsync("header.files[0].byte_length", upload.Messages().Take(1));
    }

    [Fact]
    public async Task RegisterModel_MoreBytesThanAnnounced_AreRefused()
    {
        var upload = Upload.Of("fashion-cnn", "up-refused");
        upload.Header.Files[0].ByteLength -= 1;
        await RefusedAsync("header.files[0].byte_length", upload.Messages());
        await RefusedAsync("chunk.file", Upload.Of("fashion-cnn", "up-refused").Messages().Append(Upload.Chunk(2, 0, [1])));
    }

    [Fact]
    public async Task RegisterModel_ChunksOutOfOrder_AreRefused()
    {
        var upload = Upload.Of("fashion-cnn", "up-refused");
        var header = upload.Messages().First();
        await RefusedAsync("chunk.offset", [header, Upload.Chunk(0, 5, [1])]);
        await RefusedAsync("chunk.file", [header, Upload.Chunk(1, 0, [1])]);
        await RefusedAsync("chunk.file", [header, Upload.Chunk(-1, 0, [1])]);
        await RefusedAsync("chunk.data", [header, Upload.Chunk(0, 0, [])]);
        await RefusedAsync("chunk.data", [header, Upload.Chunk(0, 0, new byte[Upload.ChunkBytes + 1])]);
        await RefusedAsync("header", [header, header]);
        await RefusedAsync("header", [Upload.Chunk(0, 0, [1])]);
        await RefusedAsync("header", []);
    }

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("model.json")]
    [InlineData("model.h5")]
    [InlineData("model.keras")]
    [InlineData("model.safetensors")]
    public async Task RegisterModel_NoModelInTheFile_IsRefusedWithTheReason(string file)
    {
        var error = await RefusedAsync(
            "header.files", Upload.Single("up-refused", file, Encoding.ASCII.GetBytes("these are no weights at all")).Messages());
        Assert.Contains("make no model", error.Status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(stack.Root, error.Status.Detail, StringComparison.Ordinal);
    }

    /// <summary>A model that names a weight file outside its folder, as another model's.</summary>
    [Fact]
    public async Task RegisterModel_ModelThatPointsOutOfItsFolder_IsRefused()
    {
        var upload = Upload.Of("fashion-cnn", "up-refused");
        var json = Encoding.UTF8.GetString(upload.Files[0])
            .Replace("weights.bin", "../fashion-cnn/weights.bin", StringComparison.Ordinal);
        var pointing = Upload.Single("up-refused", "model.json", Encoding.UTF8.GetBytes(json));
        Assert.True(File.Exists(Path.Combine(stack.Root, "fashion-cnn", "weights.bin")));
        await RefusedAsync("header.files", pointing.Messages());
    }

    [Fact]
    public async Task RegisterModel_NameThatIsThere_AlreadyExists()
    {
        await Upload.Of("fashion-cnn", "up-twice").SendAsync(stack.Models);
        var error = await Assert.ThrowsAsync<RpcException>(() => Upload.Of("patches", "up-twice").SendAsync(stack.Models));
        Assert.Equal((StatusCode.AlreadyExists, "MODEL_EXISTS"), (error.StatusCode, Details<ErrorInfo>(error).Reason));
        await stack.Models.DeleteModelAsync(new DeleteModelRequest { Name = "up-twice" });
        NothingIsLeft();
    }

    [Fact]
    public async Task RegisterModel_CancelledHalfWay_LeavesNothing()
    {
        using var cancellation = new CancellationTokenSource();
        using var call = stack.Models.RegisterModel(cancellationToken: cancellation.Token);
        foreach (var message in Upload.Of("fashion-cnn", "up-cancelled").Messages().SkipLast(1))
        {
            await call.RequestStream.WriteAsync(message);
        }

        await UntilAsync(() => Incoming().Any());
        await cancellation.CancelAsync();
        var error = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseAsync);
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        await UntilAsync(() => !Incoming().Any());
        Assert.False(Directory.Exists(Path.Combine(stack.Root, "up-cancelled")));
    }

    [Theory]
    [InlineData("no-such-model", StatusCode.NotFound)]
    [InlineData("nanodet", StatusCode.FailedPrecondition)]
    [InlineData("vgg16", StatusCode.NotFound)]
    [InlineData("..", StatusCode.InvalidArgument)]
    [InlineData("../models/nanodet", StatusCode.InvalidArgument)]
    [InlineData("", StatusCode.InvalidArgument)]
    public async Task DeleteModel_WhatWasNotUploaded_IsRefused(string name, StatusCode code)
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await stack.Models.DeleteModelAsync(new DeleteModelRequest { Name = name }));
        Assert.Equal(code, error.StatusCode);
        Assert.True(File.Exists(Path.Combine(stack.Root, "nanodet", "nanodet.json")));
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!holds())
        {
            await Task.Delay(10, limit.Token);
        }
    }

    private static T Details<T>(RpcException error)
        where T : IMessage<T>, new()
    {
        var bytes = error.Trailers.GetValueBytes("grpc-status-details-bin");
        Assert.True(bytes is not null, $"no details in {error.Status}");
        return RpcStatus.Parser.ParseFrom(bytes).Details.Single(any => any.Is(new T().Descriptor)).Unpack<T>();
    }

    private async Task<RpcException> RefusedAsync(string field, IEnumerable<RegisterModelRequest> messages)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => Upload.SendAsync(stack.Models, messages));
        Assert.True(error.StatusCode == StatusCode.InvalidArgument, error.Status.ToString());
        Assert.Contains(field, Details<BadRequest>(error).FieldViolations.Select(violation => violation.Field));
        NothingIsLeft();
        return error;
    }

    private IEnumerable<string> Incoming() => Directory.EnumerateDirectories(stack.Root, ".incoming-*");

    private void NothingIsLeft()
    {
        Assert.Empty(Incoming());
        Assert.False(Directory.Exists(Path.Combine(stack.Root, "up-refused")));
    }
}
