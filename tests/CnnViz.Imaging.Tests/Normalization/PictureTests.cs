using CnnViz.Imaging.Layout;
using CnnViz.Imaging.Normalization;
using CnnViz.Imaging.Tests.Support;

namespace CnnViz.Imaging.Tests.Normalization;

public sealed class PictureTests
{
    /// <summary>
    /// 64 optimised inputs of 180x180 deprocessed and stitched: the picture of the Keras example, pixel for pixel.
    /// </summary>
    [PythonFact]
    public void KerasDeprocess_StitchedGrid_EqualsNumpyExactly()
    {
        using var reference = Reference.Run("keras");
        var values = reference.Floats("tiles.f32");
        const int Tile = 180 * 180 * 3;
        var pictures = Enumerable.Range(0, 64)
            .Select(i => KerasDeprocess.ToPicture(values.AsSpan(i * Tile, Tile), 180, 180, 3, PixelLayout.ChannelsLast).Raster).ToArray();
        var grid = TileGrid.Compose(pictures, GridOptions.KerasStitched);
        Assert.Equal((1075, 1075, 3), (grid.Width, grid.Height, grid.Channels));
        Assert.True(reference.Bytes("exact.raw").AsSpan().SequenceEqual(grid.Pixels));

        // The example's own 32-bit arithmetic differs from the specification's by rounding only.
        var verbatim = reference.Bytes("verbatim.raw");
        var differences = grid.Pixels.Zip(verbatim, (a, b) => Math.Abs(a - b)).ToArray();
        Assert.InRange(differences.Max(), 0, 1);
        Assert.InRange(differences.Count(d => d > 0), 0, differences.Length / 1000);
    }

    [Fact]
    public void KerasDeprocess_BothLayouts_SamePicture()
    {
        var random = new Random(5);
        var last = Enumerable.Range(0, 9 * 8 * 3).Select(_ => random.NextSingle() * 7 - 2).ToArray();
        var first = new float[last.Length];
        for (var i = 0; i < last.Length; i++)
            first[i % 3 * 72 + i / 3] = last[i];
        var options = new KerasDeprocessOptions { Crop = 2 };
        var a = KerasDeprocess.ToPicture(last, 9, 8, 3, PixelLayout.ChannelsLast, options).Raster;
        var b = KerasDeprocess.ToPicture(first, 9, 8, 3, PixelLayout.ChannelsFirst, options).Raster;
        Assert.Equal((5, 4), (a.Width, a.Height));
        Assert.Equal(a.Pixels, b.Pixels);
        Assert.True(a.Pixels.Distinct().Count() > 20);
    }

    [Fact]
    public void KerasDeprocess_NonFiniteValues_CountedMarkedAndLeftOut()
    {
        var values = Enumerable.Range(0, 27).Select(i => (float)i).ToArray();
        values[4] = float.NaN;
        values[5] = float.PositiveInfinity;
        var picture = KerasDeprocess.ToPicture(values, 3, 3, 3, PixelLayout.ChannelsLast, new KerasDeprocessOptions { Crop = 0 });
        Assert.Equal(2, picture.NonFinite);
        Assert.Equal([0xff, 0x2d, 0x95], picture.Raster.Pixels[3..6]);
        Assert.InRange(picture.Raster.Pixels[26], 180, 200);
    }

    [Fact]
    public void KerasDeprocess_ConstantInput_IsMiddleGrey() =>
        Assert.All(
            KerasDeprocess.ToPicture(Enumerable.Repeat(3f, 60 * 60).ToArray(), 60, 60, 1, PixelLayout.ChannelsFirst)
                .Raster.Pixels,
            v => Assert.Equal(127, v));

    [Fact]
    public void UnitRange_KnownValues_RoundedAndClipped()
    {
        float[] values = [-1, 1, 0, -2, 2, 0.5f];
        Assert.Equal([0, 255, 128, 0, 255, 191], UnitRange.ToPicture(values, 6, 1, 1, PixelLayout.ChannelsLast).Raster.Pixels);
        Assert.Equal(
            [0, 255, 0, 0, 255, 128], UnitRange.ToPicture(values, 6, 1, 1, PixelLayout.ChannelsLast, 0, 1).Raster.Pixels);
        Assert.Equal(
            [0, 128, 255, 255, 0, 191],
            UnitRange.ToPicture([-1, 1, 0, -1, 1, 0.5f], 2, 1, 3, PixelLayout.ChannelsFirst).Raster.Pixels);
    }

    [Theory]
    [InlineData(10, 10, 3, 299, 0)]
    [InlineData(10, 10, 2, 200, 0)]
    [InlineData(10, 10, 1, 100, 5)]
    [InlineData(10, 10, 1, 100, -1)]
    public void KerasDeprocess_BadArguments_Refused(int width, int height, int channels, int count, int crop) =>
        Assert.ThrowsAny<ArgumentException>(() => KerasDeprocess.ToPicture(
            new float[count], width, height, channels, PixelLayout.ChannelsLast, new KerasDeprocessOptions { Crop = crop }));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, double.NaN)]
    public void UnitRange_EmptyRange_Refused(double low, double high) =>
        Assert.Throws<ArgumentException>(() => UnitRange.ToPicture(new float[1], 1, 1, 1, PixelLayout.ChannelsLast, low, high));
}
