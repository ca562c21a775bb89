using CnnViz.Imaging;
using CnnViz.Imaging.Codecs;
using CnnViz.Render.Pictures;
using CnnViz.Render.Requests;
using CnnViz.Render.Tests.Support;
using CnnViz.V1;
using Google.Protobuf;

namespace CnnViz.Render.Tests.Pictures;

/// <summary>Views by rank, order, formats, labels and the animation.</summary>
public sealed class LookTests
{
    private static readonly TileStyle _plain = new() { Caption = false, Scale = 1, Margin = 0, Columns = 8 };

    [Fact]
    public void Draw_OrderByNorm_PutsTheLargestFirst()
    {
        // Filter f is constant: 1x1 kernels of values 1, -3, 2 over two channels.
        var kernel = Made.Tensor("kernel", "OIHW", [1, 1, -3, -3, 2, 2], 3, 2, 1, 1);
        var request = new RenderFiltersRequest { Order = FilterOrder.L2, InputChannels = { 0 }, Style = _plain };
        var pixels = PngDecoder.Decode(Made.Filters(kernel, request).File).ToRgb().Pixels;
        Assert.Equal([0, 255, 204], pixels.Where((_, i) => i % 3 == 0).Select(value => (int)value));

        request.First = 1;
        request.Order = FilterOrder.L1;
        var picture = Made.Filters(kernel, request);
        Assert.Equal((1, "largest L1 norm first"), (picture.Tiles, picture.Caption.Split("; ")[^1]));
    }

    [Theory]
    [InlineData("bias", "N", new long[] { 12 }, "one value per filter")]
    [InlineData("kernel", "IO", new long[] { 4, 3 }, "4 inputs × 3 units")]
    [InlineData("constant", "DDD", new long[] { 2, 3, 2 }, "2 of 2 channels")]
    [InlineData("kernel", "HWIO", new long[] { 1, 1, 3, 4 }, "4 filters (rows) over 3 input channels")]
    public void Draw_Rank_DecidesTheView(string role, string layout, long[] shape, string words)
    {
        var values = Enumerable.Range(0, 12).Select(i => (float)i - 5).ToArray();
        var picture = Made.Filters(Made.Tensor(role, layout, values, shape), new RenderFiltersRequest());
        Assert.Contains(words, picture.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_RankThree_PicksTheChannel()
    {
        var values = new float[] { 0, 9, 1, 8, 2, 7, 3, 6 };
        var style = new TileStyle(_plain) { ColorMap = ColorMap.Gray, Normalization = Normalization.PerTile };
        var request = new RenderFiltersRequest { InputChannels = { 1 }, Style = style };
        var picture = Made.Filters(Made.Tensor("constant", "DDD", values, 2, 2, 2), request);
        Assert.Equal(
            [255, 170, 85, 0], PngDecoder.Decode(picture.File).ToRgb().Pixels.Where((_, i) => i % 3 == 0).Select(v => (int)v));
    }

    [Fact]
    public void Draw_DenseOutputs_NameTheirClassesLargestFirst()
    {
        var labels = Enumerable.Range(0, 30).Select(i => $"class {i}").ToArray();
        var model = Made.Model("input", labels);
        model.Layers[^1].OutputShape.Clear();
        model.Layers[^1].OutputShape.Add(30);
        var picture = Made.Maps(Made.Tensor("layer", "N", new float[30], 30), new TileStyle(), model);
        Assert.Contains("30 classes for a picture of 32×32; the 20 largest", picture.Caption, StringComparison.Ordinal);
        var units = Made.Maps(Made.Tensor("layer", "N", new float[3], 3), new TileStyle(), model, 5, 6, 7);
        Assert.Contains("3 of 30 classes", units.Caption, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PictureFormat.Unspecified, "image/png", new byte[] { 0x89, 0x50 })]
    [InlineData(PictureFormat.Jpeg, "image/jpeg", new byte[] { 0xFF, 0xD8 })]
    [InlineData(PictureFormat.Webp, "image/webp", new byte[] { 0x52, 0x49 })]
    public void Finish_Format_IsTheFilesOwn(PictureFormat format, string mediaType, byte[] start)
    {
        var map = Made.Tensor("layer", "CHW", new float[64 * 4], 64, 2, 2);
        var picture = Made.Maps(map, new TileStyle { Format = format, Labels = TileLabels.Numbers, Background = "#ffffff" });
        Assert.Equal(mediaType, picture.MediaType);
        Assert.Equal(start, picture.File[..2]);
    }

    [Fact]
    public void Finish_ColorBarAndLabels_MakeThePictureHigher()
    {
        var map = Made.Tensor("layer", "CHW", [.. Enumerable.Range(0, 256).Select(i => (float)i)], 64, 2, 2);
        var plain = Made.Maps(map, new TileStyle { Normalization = Normalization.Global, ColorBar = false });
        Assert.True(Made.Maps(map, new TileStyle { Normalization = Normalization.Global }).Height > plain.Height);
        var labelled = new TileStyle { Normalization = Normalization.Global, ColorBar = false, Labels = TileLabels.Numbers };
        Assert.True(Made.Maps(map, labelled).Height > plain.Height);
    }

    [Theory]
    [InlineData(AnimationFormat.Apng, "image/apng")]
    [InlineData(AnimationFormat.Gif, "image/gif")]
    public void Finish_Animation_IsThePreviewsThenTheFinalPicture(AnimationFormat format, string mediaType)
    {
        var request = new RenderMaximizationRequest
        {
            Maximize = new MaximizeFilterRequest { Settings = new MaximizationSettings { Recipe = Recipe.Keras, PreviewInterval = 3 } },
            Animation = new Animation { Format = format, Every = 2 },
        };
        Assert.Equal(1, Animations.WithPreviews(request).Settings.PreviewInterval);
        var started = Made.Started(3, 60, steps: 6);
        var plan = MaximizationPicture.Plan(started, request, Made.Model(), new TileStyle());
        var animation = AscentAnimation.Plan(plan, request, started.Steps)!;
        var forCaller = new List<int>();
        foreach (var iteration in Enumerable.Range(1, 6))
        {
            var preview = new MaximizationPreview
            {
                Filter = 1,
                Iteration = iteration,
                Png = ByteString.CopyFrom(PngEncoder.Encode(Raster.Filled(60, 60, new Rgb(200, 0, 0)))),
            };
            animation.Take(preview);
            if (Animations.IsForCaller(request, new MaximizationEvent { Preview = preview }))
            {
                forCaller.Add(iteration);
            }
        }

        var run = Made.Run(started, new float[3 * 3 * 60 * 60]);
        var canvas = plan.Stitch(run);
        var finished = animation.Finish(canvas, plan.Describe(canvas, run));
        Assert.Equal([3, 6], forCaller);
        Assert.Equal((mediaType, canvas.Width, canvas.Height), (finished.MediaType, finished.Width, finished.Height));
        Assert.Contains("3 frames, one every 2 iterations", finished.Caption, StringComparison.Ordinal);
        if (format == AnimationFormat.Apng)
        {
            var first = PngDecoder.Decode(finished.File);
            var (x, ink) = (60 - 2 * plan.Crop + 5, Rgb.Ink);
            Assert.Equal([ink.R, ink.G, ink.B], first.Row(0)[..3].ToArray());
            Assert.Equal([200, 0, 0], first.Row(0).Slice(3 * x, 3).ToArray());
        }
    }

    [Fact]
    public void Stitch_NormalizationAsked_ReplacesTheRecipes()
    {
        var started = Made.Started(2, 20);
        var images = Enumerable.Range(0, 2 * 3 * 400).Select(i => (float)i).ToArray();
        var style = new TileStyle { Normalization = Normalization.Global };
        var plan = MaximizationPicture.Plan(started, new RenderMaximizationRequest { Crop = 0 }, Made.Model(), style);
        var pixels = plan.Stitch(Made.Run(started, images)).Pixels;
        Assert.Equal(0, pixels[0]);
        Assert.Equal(255, pixels[^1]);
    }
}
