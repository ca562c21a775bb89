using CnnViz.Render.Pictures;
using CnnViz.Render.Tests.Support;
using CnnViz.Render.Upstream;
using CnnViz.V1;

namespace CnnViz.Render.Tests.Pictures;

/// <summary>Recipes 1 to 4, pixel for pixel as numpy and Pillow draw them.</summary>
public sealed class RecipeTests(RecipeFixture reference) : IClassFixture<RecipeFixture>
{
    [Fact]
    public void Draw_FirstSixFiltersByThreeChannels_EqualNumpy()
    {
        var picture = Made.Filters(Kernel("first_six", 3), new RenderFiltersRequest
        {
            First = 6,
            Rgb = false,
            Style = new TileStyle { Caption = false, Scale = 16, Margin = 2 },
        });
        reference.AssertEqual("first_six", picture);
        Assert.Equal((18, 3), (picture.Tiles, picture.Columns));
    }

    [Fact]
    public void Draw_AllSixtyFourFilters_EqualNumpy()
    {
        var picture = Made.Filters(Kernel("all_sixty_four", 3), new RenderFiltersRequest
        {
            Rgb = false,
            Style = new TileStyle { Caption = false, Scale = 4, Margin = 1 },
        });
        reference.AssertEqual("all_sixty_four", picture);
    }

    [Fact]
    public void Draw_All4096TilesOfAWideKernel_EqualNumpy()
    {
        var picture = Made.Filters(
            Kernel("whole_kernel", 64), new RenderFiltersRequest { Style = new TileStyle { Caption = false, Scale = 4, Margin = 2 } });
        reference.AssertEqual("whole_kernel", picture);
        Assert.Equal((4096, 64), (picture.Tiles, picture.Columns));
    }

    [Fact]
    public void Draw_FeatureMapsEachOverItsOwnRange_EqualNumpy()
    {
        var map = Made.Tensor("layer", "CHW", reference.Values("feature_maps"), 64, 28, 28);
        var picture = Made.Maps(map, new TileStyle { Caption = false, Scale = 3, Margin = 4 });
        reference.AssertEqual("feature_maps", picture);
        Assert.Equal(8, picture.Columns);
    }

    [Fact]
    public void Draw_TheAutoencodersThirtyTwoFilters_EqualNumpy()
    {
        var kernel = Made.Tensor("kernel", "HWIO", reference.Values("autoencoder"), 3, 3, 1, 32);
        var picture = Made.Filters(kernel, new RenderFiltersRequest
        {
            Style = new TileStyle
            {
                Caption = false,
                ColorMap = ColorMap.Viridis,
                Normalization = Normalization.PerTile,
                Scale = 32,
                Margin = 6,
            },
        });
        reference.AssertEqual("autoencoder", picture);
        Assert.Equal(32, picture.Tiles);
    }

    [Fact]
    public void Draw_SixtyFourImagesOfTheKerasRecipe_AreExactly1075PixelsASideAndEqualNumpy()
    {
        var started = Made.Started(64, 180);
        var request = new RenderMaximizationRequest();
        var plan = MaximizationPicture.Plan(started, request, Made.Model(), new TileStyle());
        var run = Made.Run(started, reference.Values("stitched"));
        var picture = plan.Finish(plan.Stitch(run), run);
        Assert.Equal((1075, 1075), (picture.Width, picture.Height));
        reference.AssertEqual("stitched", picture);
    }

    [Fact]
    public void Draw_ADenseKernel_IsOneHeatMapAndEqualsNumpy()
    {
        var style = new TileStyle { Caption = false, Scale = 5 };
        var picture = Made.Filters(
            Made.Tensor("kernel", "IO", reference.Values("dense"), 40, 30), new RenderFiltersRequest { Style = style });
        reference.AssertEqual("dense", picture);
    }

    [Fact]
    public void Draw_ALargeDenseKernel_IsAveragedAndSaysSo()
    {
        var style = new TileStyle { Caption = false, Scale = 1 };
        var picture = Made.Filters(
            Made.Tensor("kernel", "IO", reference.Values("large_dense"), 1500, 2050), new RenderFiltersRequest { Style = style });
        reference.AssertEqual("large_dense", picture);
        Assert.Contains("the mean of up to 2×3 weights", picture.Caption, StringComparison.Ordinal);
    }

    private ReceivedTensor Kernel(string name, int inputs) =>
        Made.Tensor("kernel", "HWIO", reference.Values(name), 3, 3, inputs, 64);
}
