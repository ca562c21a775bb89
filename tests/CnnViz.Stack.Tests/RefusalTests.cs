using CnnViz.Tests.Shared;
using CnnViz.V1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using RpcStatus = Google.Rpc.Status;

namespace CnnViz.Stack.Tests;

/// <summary>Bad input: a clear error that names field, value and limit; the service stays up and the next call works.</summary>
[Collection(StackCollection.Name)]
public sealed class RefusalTests(StackFixture stack)
{
    [Theory]
    [InlineData("nanodat", "nanodet")]
    [InlineData("../../etc/passwd", null)]
    [InlineData("nanodet/../nanodet", null)]
    public async Task ModelInfo_UnknownModel_IsNotFoundWithTheNearestName(string model, string? nearest)
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = model }));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
        var info = Details<ErrorInfo>(error);
        Assert.Equal("UNKNOWN_MODEL", info.Reason);
        if (nearest is not null)
        {
            Assert.Contains(nearest, error.Status.Detail, StringComparison.Ordinal);
        }

        await Works();
    }

    [Fact]
    public async Task ModelInfo_TruncatedModelFile_IsRefusedWithItsReason()
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = "truncated" }));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal("model", Assert.Single(Details<BadRequest>(error).FieldViolations).Field);
        Assert.Matches("takes? [0-9]+ bytes; its files have [0-9]+", error.Status.Detail);

        // The list says so too, and the others still work.
        var models = (await stack.Inference.ListModelsAsync(new ListModelsRequest())).Models;
        Assert.Contains(models, model => model is { Name: "truncated", Available: false, UnavailableReason.Length: > 0 });
        await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = "posenet" });
        await Works();
    }

    [Fact]
    public async Task FilterWeights_UnknownLayer_SuggestsTheNearest()
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            () => stack.Inference.WeightsAsync(new FilterWeightsRequest { Model = "nanodet", Layer = "Ad_10" }));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
        Assert.Equal("UNKNOWN_LAYER", Details<ErrorInfo>(error).Reason);
        Assert.Contains("Add_10", error.Status.Detail, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, MaximizeFilterRequest> BadMaximizations() => new()
    {
        { "filters", "none", Request(r => r.Filters.Clear()) },
        { "filters", "out of range", Request(r => r.Filters[0] = 64) },
        { "filters", "negative", Request(r => r.Filters[0] = -1) },
        { "filters", "repeated", Request(r => r.Filters.Add(0)) },
        { "filters", "too many", Request(r => r.Filters.AddRange(Enumerable.Range(1, 600))) },
        { "settings.steps", "zero", Request(r => r.Settings.Steps = 0) },
        { "settings.steps", "absurd", Request(r => r.Settings.Steps = 1_000_000) },
        { "settings.height", "absurd", Request(r => r.Settings.Height = 100_000) },
        { "settings.height", "not a multiple of 32", Request(r => r.Settings.Height = 100) },
        { "settings.width", "tiny", Request(r => r.Settings.Width = 1) },
        { "settings.learning_rate", "NaN", Request(r => r.Settings.LearningRate = double.NaN) },
        { "settings.learning_rate", "infinite", Request(r => r.Settings.LearningRate = double.PositiveInfinity) },
        { "settings.learning_rate", "negative", Request(r => r.Settings.LearningRate = -1) },
        { "settings.border", "negative", Request(r => r.Settings.Border = -1) },
        { "settings.preview_interval", "negative", Request(r => r.Settings.PreviewInterval = -1) },
        { "settings.recipe", "unknown", Request(r => r.Settings.Recipe = (Recipe)77) },
        { "settings.spectrum_deviation", "NaN", Request(r => r.Settings.SpectrumDeviation = double.NaN) },
        { "classes", "unknown class", Request(r => { r.Filters.Clear(); r.Classes.Add("unicorn"); }) },
        { "engine", "unknown", Request(r => r.Engine = "abacus") },
    };

    [Theory]
    [MemberData(nameof(BadMaximizations))]
    public async Task MaximizeFilter_BadSetting_IsRefusedByField(string field, string what, MaximizeFilterRequest request)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => stack.Inference.MaximizeAsync(request));
        Assert.True(error.StatusCode == StatusCode.InvalidArgument, $"{what}: {error.Status}");
        Assert.Contains(
            Details<BadRequest>(error).FieldViolations, violation => violation.Field.StartsWith(field, StringComparison.Ordinal));
        await Works();
    }

    [Fact]
    public async Task RenderMaximization_BadSetting_PassesTheDetailsOn()
    {
        var request = new RenderMaximizationRequest { Maximize = Request(r => r.Settings.Steps = -5) };
        using var call = stack.Render.RenderMaximization(request);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.MoveNext(default));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains(Details<BadRequest>(error).FieldViolations, violation => violation.Field == "settings.steps");
    }

    [Fact]
    public async Task FeatureMaps_AnImageBomb_IsRefusedByItsDimensions()
    {
        // A PNG of 1 x 500,000,000 pixels: the header alone says so.
        var error = await PictureError(Pngs.HeaderOnly(1, 500_000_000));
        Assert.Contains("500000000", error.Status.Detail.Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FeatureMaps_NotAPicture_IsRefused() => await PictureError("these are no pixels"u8.ToArray());

    [Fact]
    public async Task FeatureMaps_NoPicture_IsRefused() => await PictureError([]);

    [Fact]
    public async Task FeatureMaps_ATruncatedPhoto_IsRefused()
    {
        var photo = await File.ReadAllBytesAsync(Path.Combine(RepositoryPaths.Photos, "chelsea.png"));
        await PictureError(photo[..(photo.Length / 2)]);
    }

    [Fact]
    public async Task FeatureMaps_MoreBytesThanTheLimit_AreRefused()
    {
        var request = new FeatureMapsRequest
        {
            Model = "nanodet",
            Height = 2048,
            Width = 2048,
            Picture = new Picture { Data = ByteString.CopyFrom(1) },
        };
        request.Layers.AddRange(Enumerable.Range(0, 40).Select(i => $"{i}"));
        var error = await Assert.ThrowsAsync<RpcException>(() => stack.Inference.MapsAsync(request));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("536870912", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FeatureMaps_TooManyLayers_IsRefused()
    {
        var request = new FeatureMapsRequest { Model = "nanodet", Picture = new Picture { Data = ByteString.CopyFrom(1) } };
        request.Layers.AddRange(Enumerable.Range(0, 65).Select(i => $"{i}"));
        var error = await Assert.ThrowsAsync<RpcException>(() => stack.Inference.MapsAsync(request));
        Assert.Equal("layers", Assert.Single(Details<BadRequest>(error).FieldViolations).Field);
    }

    internal static MaximizeFilterRequest Request(Action<MaximizeFilterRequest> change)
    {
        var request = new MaximizeFilterRequest
        {
            Model = "nanodet",
            Layer = "Add_10",
            Filters = { 0 },
            Settings = new MaximizationSettings { Recipe = Recipe.Lucid, Height = 64, Width = 64, Steps = 2 },
        };
        change(request);
        return request;
    }

    private static T Details<T>(RpcException error)
        where T : IMessage<T>, new()
    {
        var bytes = error.Trailers.GetValueBytes("grpc-status-details-bin");
        Assert.True(bytes is not null, $"no details in {error.Status}");
        var status = RpcStatus.Parser.ParseFrom(bytes);
        Assert.Equal((int)error.StatusCode, status.Code);
        return status.Details.Where(any => any.Is(new T().Descriptor)).Select(any => any.Unpack<T>()).Single();
    }

    private async Task<RpcException> PictureError(byte[] file)
    {
        var request = new FeatureMapsRequest
        {
            Model = "nanodet",
            Layers = { "Add_4" },
            Picture = new Picture { Data = ByteString.CopyFrom(file) },
        };
        var error = await Assert.ThrowsAsync<RpcException>(() => stack.Inference.MapsAsync(request));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal("picture.data", Assert.Single(Details<BadRequest>(error).FieldViolations).Field);
        await Works();
        return error;
    }

    private async Task Works() =>
        Assert.NotEmpty((await stack.Inference.ListModelsAsync(new ListModelsRequest())).Models);
}
