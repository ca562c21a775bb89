using CnnViz.Render.Pictures;
using CnnViz.Render.Requests;
using CnnViz.Render.Tests.Support;
using CnnViz.V1;
using Google.Rpc;
using Grpc.Core;

namespace CnnViz.Render.Tests.Requests;

/// <summary>Every field out of its range is refused by its name.</summary>
public sealed class StyleTests
{
    public static TheoryData<string, TileStyle> BadStyles { get; } = new()
    {
        { "style.columns", new TileStyle { Columns = 0 } },
        { "style.columns", new TileStyle { Columns = 1025 } },
        { "style.scale", new TileStyle { Scale = 0 } },
        { "style.scale", new TileStyle { Scale = 65 } },
        { "style.margin", new TileStyle { Margin = -1 } },
        { "style.margin", new TileStyle { Margin = 65 } },
        { "style.color_map", new TileStyle { ColorMap = (ColorMap)99 } },
        { "style.normalization", new TileStyle { Normalization = (Normalization)99 } },
        { "style.labels", new TileStyle { Labels = (TileLabels)99 } },
        { "style.format", new TileStyle { Format = (PictureFormat)99 } },
        { "style.quality", new TileStyle { Format = PictureFormat.Jpeg, Quality = 0 } },
        { "style.quality", new TileStyle { Format = PictureFormat.Webp, Quality = 101 } },
        { "style.quality", new TileStyle { Quality = 50 } },
        { "style.lossless", new TileStyle { Format = PictureFormat.Jpeg, Lossless = true } },
        { "style.lossless", new TileStyle { Format = PictureFormat.Webp, Lossless = true, Quality = 50 } },
        { "style.background", new TileStyle { Background = "red" } },
        { "style.low_percentile", new TileStyle { Normalization = Normalization.Percentile, LowPercentile = -1 } },
        { "style.low_percentile", new TileStyle { Normalization = Normalization.Percentile, LowPercentile = double.NaN } },
        { "style.low_percentile", new TileStyle { Normalization = Normalization.Percentile, LowPercentile = 99.5 } },
        { "style.low_percentile", new TileStyle { LowPercentile = 5 } },
        { "style.high_percentile", new TileStyle { Normalization = Normalization.PercentilePerTile, HighPercentile = 101 } },
        { "style.high_percentile", new TileStyle { Normalization = Normalization.PercentilePerTile, HighPercentile = 0.5 } },
        { "style.color_bar", new TileStyle { Normalization = Normalization.PerTile, ColorBar = true } },
    };

    [Theory]
    [MemberData(nameof(BadStyles))]
    public void Check_FieldOutOfRange_IsRefusedByName(string field, TileStyle style) =>
        AssertRefused(field, () => TileStyles.Check(style));

    public static TheoryData<string, RenderMaximizationRequest> BadAnimations { get; } = new()
    {
        { "animation.every", Animated(a => a.Every = -1) },
        { "animation.every", Animated(a => a.Every = 4097) },
        { "animation.format", Animated(a => a.Format = (AnimationFormat)9) },
        { "animation.frame_delay_ms", Animated(a => a.FrameDelayMs = 19) },
        { "animation.frame_delay_ms", Animated(a => a.FrameDelayMs = 10_001) },
        { "animation.hold_ms", Animated(a => a.HoldMs = 0) },
        { "animation.plays", Animated(a => a.Plays = 65_536) },
        { "animation", new RenderMaximizationRequest { Animation = new Animation(), Style = new TileStyle { ColorMap = ColorMap.Magma } } },
    };

    [Theory]
    [MemberData(nameof(BadAnimations))]
    public void Check_AnimationOutOfRange_IsRefusedByName(string field, RenderMaximizationRequest request) =>
        AssertRefused(field, () => Animations.Check(request));

    [Fact]
    public void Plan_AnimationOfTooManyPixels_IsRefusedBeforeTheAscent()
    {
        var request = Animated(a => a.Every = 1);
        var started = Made.Started(64, 512, "lucid", steps: 512);
        var plan = MaximizationPicture.Plan(started, request, Made.Model(), new TileStyle());
        AssertRefused("animation.every", () => AscentAnimation.Plan(plan, request, started.Steps));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(90)]
    public void Plan_CropThatLeavesNothing_IsRefused(int crop) => AssertRefused(
        "crop",
        () => MaximizationPicture.Plan(
            Made.Started(4, 180), new RenderMaximizationRequest { Crop = crop }, Made.Model(), new TileStyle()));

    public static TheoryData<string, RenderFiltersRequest> BadFilters { get; } = new()
    {
        { "filters[1]", new RenderFiltersRequest { Filters = { 0, 8 } } },
        { "input_channels[0]", new RenderFiltersRequest { InputChannels = { -1 } } },
        { "rgb", new RenderFiltersRequest { Rgb = true } },
        { "style.labels", new RenderFiltersRequest { Style = new TileStyle { Labels = TileLabels.Classes } } },
        { "style", new RenderFiltersRequest { Style = new TileStyle { Scale = 64, Margin = 64, Columns = 1024, Caption = false } } },
    };

    [Theory]
    [MemberData(nameof(BadFilters))]
    public void Draw_FieldThatDoesNotSuitTheKernel_IsRefusedByName(string field, RenderFiltersRequest request)
    {
        var size = field == "style" ? 32 : 3;
        AssertRefused(field, () => Made.Filters(
            Made.Tensor("kernel", "HWIO", new float[size * size * 2 * 8], size, size, 2, 8), field == "style" ? Large(request) : request));

        // Sixteen tiles of 32 px are no limit; a thousand copies of one filter are.
        static RenderFiltersRequest Large(RenderFiltersRequest request)
        {
            request.Filters.AddRange(Enumerable.Repeat(0, 1000));
            return request;
        }
    }

    [Theory]
    [InlineData("filters")]
    [InlineData("order")]
    [InlineData("first")]
    [InlineData("rgb")]
    [InlineData("input_channels")]
    public void Draw_FilterFieldsForAVector_AreRefusedByName(string field)
    {
        var request = new RenderFiltersRequest();
        switch (field)
        {
            case "filters": request.Filters.Add(0); break;
            case "order": request.Order = FilterOrder.L1; break;
            case "first": request.First = 1; break;
            case "rgb": request.Rgb = false; request.Rgb = true; break;
            default: request.InputChannels.Add(0); break;
        }

        AssertRefused(field, () => Made.Filters(Made.Tensor("bias", "N", new float[4], 4), request));
    }

    [Fact]
    public void RequireEncoder_LibraryMissing_IsFailedPreconditionThatNamesIt()
    {
        var error = Assert.Throws<RpcException>(() => PictureFormats.RequireEncoder(PictureFormat.Webp, _ => false));
        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        Assert.Contains("libwebp", error.Status.Detail, StringComparison.Ordinal);
        PictureFormats.RequireEncoder(PictureFormat.Png, _ => true);
    }

    [Fact]
    public void RequireSize_WebPTooWide_IsRefused()
    {
        AssertRefused("style.format", () => PictureFormats.RequireSize(PictureFormat.Webp, 16_384, 1));
        PictureFormats.RequireSize(PictureFormat.Webp, 16_383, 1);
        PictureFormats.RequireSize(PictureFormat.Png, 100_000, 1);
    }

    [Fact]
    public void Choose_UnknownRole_IsRefusedAndNamesTheKnown()
    {
        var layer = new LayerInfo { Name = "bn" };
        layer.Weights.Add(new WeightInfo { Role = "gamma", Shape = { 4 } });
        layer.Weights.Add(new WeightInfo { Role = "beta", Shape = { 4 } });
        Assert.Equal(["gamma", "beta"], WeightRoles.Choose(layer, ""));
        Assert.Equal(["beta"], WeightRoles.Choose(layer, "beta"));
        AssertRefused("role", () => WeightRoles.Choose(layer, "kernel"));
        layer.Weights.Add(new WeightInfo { Role = "kernel", Shape = { 3, 3, 1, 4 } });
        Assert.Equal(["kernel"], WeightRoles.Choose(layer, ""));
    }

    private static RenderMaximizationRequest Animated(Action<Animation> change)
    {
        var request = new RenderMaximizationRequest { Animation = new Animation(), Maximize = new MaximizeFilterRequest() };
        change(request.Animation);
        return request;
    }

    private static void AssertRefused(string field, Action call)
    {
        var error = Assert.Throws<RpcException>(call);
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        var status = Google.Rpc.Status.Parser.ParseFrom(error.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Contains(field, status.Details[0].Unpack<BadRequest>().FieldViolations.Select(violation => violation.Field));
    }
}
