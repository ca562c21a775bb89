using CnnViz.Imaging;
using CnnViz.Render.Pictures;
using CnnViz.Render.Requests;
using CnnViz.Render.Tests.Support;
using CnnViz.Render.Upstream;
using CnnViz.V1;
using Google.Protobuf;
using Grpc.Core;

namespace CnnViz.Render.Tests.Pictures;

/// <summary>A run's variants beside each other, and its scores in words.</summary>
public sealed class VariantTests
{
    private const int Side = 16;

    [Theory]
    [InlineData(2, 2, 2)]
    [InlineData(4, 4, 4)]
    [InlineData(16, 4, 8)]
    [InlineData(64, 1, 8)]
    [InlineData(1, 3, 3)]
    public void Plan_Variants_RowsHoldWholeFilters(int filters, int variants, int columns)
    {
        var started = Started(filters, variants);
        var plan = MaximizationPicture.Plan(started, new RenderMaximizationRequest(), Made.Model(), new TileStyle());
        var run = Made.Run(started, new float[filters * variants * 3 * Side * Side]);
        var picture = plan.Finish(plan.Stitch(run), run);
        Assert.Equal((columns, filters * variants), (picture.Columns, picture.Tiles));
        Assert.Equal((columns * (Side + 5)) - 5, picture.Width);
    }

    [Fact]
    public void Stitch_VariantsOfTwoFilters_BesideEachOtherFilterByFilter()
    {
        var started = Started(2, 2);
        var plan = MaximizationPicture.Plan(started, new RenderMaximizationRequest(), Made.Model(), new TileStyle());

        // Each image has one colour of its own: -1 is black and 1 is white.
        var images = Enumerable.Range(0, 4).SelectMany(i => Enumerable.Repeat(-1 + (2 * i / 3f), 3 * Side * Side)).ToArray();
        var canvas = plan.Stitch(Made.Run(started, images));

        Assert.Equal([0, 85, 170, 255], Corners(canvas));
    }

    [Fact]
    public void Stitch_OneVariantWithoutGradient_OnlyItsPlaceIsEmpty()
    {
        var started = Started(1, 2);
        var plan = MaximizationPicture.Plan(started, new RenderMaximizationRequest(), Made.Model(), new TileStyle());
        var run = new MaximizationCollector();
        var white = Made.Run(Started(1, 1), [.. Enumerable.Repeat(1f, 3 * Side * Side)]).Image(new(0, 0))!;
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(white.Values.AsSpan()).ToArray();
        run.Take(Result(new MaximizationResult { Variant = 0, ZeroGradient = true }));
        run.Take(Result(new MaximizationResult { Variant = 1, Image = white.Header }));
        run.Take(new MaximizationEvent { Chunk = new TensorChunk { Data = ByteString.CopyFrom(bytes) } });

        var canvas = plan.Stitch(run);

        Assert.Equal([Rgb.Ink.R, 255], new[] { canvas.Row(0)[0], canvas.Row(0)[3 * (Side + 5)] });
    }

    [Fact]
    public void Take_Result_GoesOnWithoutItsImage()
    {
        var run = new MaximizationCollector();
        var header = Made.Run(Started(1, 1), new float[3 * Side * Side]).Image(new(0, 0))!.Header;

        var passed = run.Take(Result(new MaximizationResult { Variant = 1, Objective = 2.5, QualityClean = 1.5, Image = header }));

        Assert.Equal(new MaximizationResult { Variant = 1, Objective = 2.5, QualityClean = 1.5 }, passed!.Result);
        var chunk = new TensorChunk { Data = ByteString.CopyFrom(new byte[4]) };
        Assert.Null(run.Take(new MaximizationEvent { Chunk = chunk }));
    }

    [Fact]
    public void Finish_Scored_CaptionCountsAndLabelsMakeRoom()
    {
        var started = Started(3, 1);
        Action<MaximizationResult> score = result =>
        {
            // 0.5, 1.5 and 2.5 times a reference of 2.
            result.QualityReference = 2;
            result.QualityActivation = 1 + (2 * result.Filter);
            result.QualityClean = result.QualityActivation / 2;
        };
        var run = Made.Run(started, new float[3 * 3 * Side * Side], score: score);
        var plain = MaximizationPicture.Plan(started, new RenderMaximizationRequest(), Made.Model(), new TileStyle());
        var request = new RenderMaximizationRequest { LabelScores = true };
        var labelled = MaximizationPicture.Plan(started, request, Made.Model(), new TileStyle());

        var (without, with) = (plain.Finish(plain.Stitch(run), run), labelled.Stitch(run));

        const string Words = "; 2 of 3 above the photographs' 99.9th percentile, median ratio 1.50";
        Assert.EndsWith(Words, without.Caption, StringComparison.Ordinal);
        Assert.Equal((labelled.Size.Width, labelled.Size.Height), (with.Width, with.Height));
        Assert.True(with.Height > without.Height);
        Assert.Contains(with.Row(with.Height - 8).ToArray(), value => value > 0);
    }

    [Fact]
    public void Summary_ReferenceBelowZero_CountsWithoutARatio()
    {
        MaximizationResult[] results =
        [
            new() { QualityReference = -4, QualityActivation = 1 },
            new() { QualityReference = -4, QualityActivation = -5 },
            new() { ZeroGradient = true },
        ];

        Assert.Equal("1 of 3 above the photographs' 99.9th percentile", RunScores.Summary(results));
        Assert.Equal(["+5.00", "-1.00", null], results.Select(RunScores.Label));
        Assert.Null(RunScores.Summary([new MaximizationResult()]));
    }

    [Theory]
    [InlineData(TileLabels.Numbers, "12 / 1|12 / 2")]
    [InlineData(TileLabels.Classes, "cup / 1|cup / 2")]
    public void Plan_LabelsOfVariants_CountFromOne(TileLabels labels, string expected)
    {
        var started = Started(1, 2);
        started.Filters[0] = 12;
        started.LayerShape[0] = 13;
        var classes = Enumerable.Repeat("other", 12).Append("cup").ToArray();
        var style = new TileStyle { Labels = labels };
        var plan = MaximizationPicture.Plan(started, new RenderMaximizationRequest(), Made.Model("input", classes), style);

        Assert.Equal(expected.Split('|'), plan.Labels);
    }

    [Theory]
    [InlineData("maximize")]
    [InlineData("label_scores")]
    [InlineData("maximize.settings.transparency_mask")]
    public void Check_WhatNoPictureShows_RefusedByName(string field)
    {
        var request = field switch
        {
            "maximize" => new RenderMaximizationRequest(),
            "label_scores" => new RenderMaximizationRequest { Maximize = new MaximizeFilterRequest(), LabelScores = true },
            _ => new RenderMaximizationRequest
            {
                Maximize = new MaximizeFilterRequest { Settings = new MaximizationSettings { TransparencyMask = true } },
            },
        };

        var refused = Assert.Throws<RpcException>(() => Maximizations.Check(request));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.StartsWith($"{field}: ", refused.Status.Detail, StringComparison.Ordinal);
    }

    private static MaximizationStarted Started(int filters, int variants)
    {
        var started = Made.Started(filters, Side, "lucid");
        started.Variants = variants;
        return started;
    }

    private static MaximizationEvent Result(MaximizationResult result) => new() { Result = result };

    /// <summary>The first value of each of the 2x2 tiles.</summary>
    private static int[] Corners(Raster canvas) =>
        [.. Enumerable.Range(0, 4).Select(i => (int)canvas.Row(i / 2 * (Side + 5))[3 * (i % 2) * (Side + 5)])];
}
