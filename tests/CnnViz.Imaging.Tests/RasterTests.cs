using CnnViz.Imaging.Tests.Support;

namespace CnnViz.Imaging.Tests;

public sealed class RasterTests
{
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, -1, 1)]
    [InlineData(1, 1, 2)]
    [InlineData(int.MaxValue, int.MaxValue, 4)]
    public void Raster_SizeOutOfRange_Refused(int width, int height, int channels) =>
        Assert.ThrowsAny<ArgumentException>(() => new Raster(width, height, channels));

    [Fact]
    public void Raster_WrongLength_Refused() => Assert.Throws<ArgumentException>(() => new Raster(2, 2, 3, new byte[11]));

    [Fact]
    public void ToRgb_GreyAndAlpha_RepeatedAndBlended()
    {
        Assert.Equal([9, 9, 9, 200, 200, 200], new Raster(2, 1, 1, [9, 200]).ToRgb().Pixels);
        // Half transparent: (100 * 128 + 255 * 127) / 255 = 177.2.
        var raster = new Raster(3, 1, 4, [1, 2, 3, 255, 1, 2, 3, 0, 100, 100, 100, 128]);
        Assert.Equal([1, 2, 3, 255, 255, 255, 177, 177, 177], raster.ToRgb().Pixels);
        Assert.Equal([1, 2, 3, 9, 8, 7], raster.ToRgb(new Rgb(9, 8, 7)).Pixels[..6]);
    }

    [Fact]
    public void ToGrey_Rgb_IsLuma()
    {
        Assert.Equal([76, 150, 29, 255], new Raster(4, 1, 3, [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]).ToGrey().Pixels);
        var grey = Pictures.Noise(3, 3, 1);
        Assert.Same(grey, grey.ToGrey());
    }

    [Fact]
    public void Filled_AnyColour_FillsEveryPixel()
    {
        var raster = Raster.Filled(7, 5, new Rgb(1, 2, 3));
        for (var i = 0; i < raster.Pixels.Length; i++)
            Assert.Equal(1 + i % 3, raster.Pixels[i]);
    }

    [Theory]
    [InlineData("#0f1115", 0x0f, 0x11, 0x15)]
    [InlineData("FF2D95", 0xff, 0x2d, 0x95)]
    public void Parse_Hex_IsTheColour(string text, byte r, byte g, byte b) => Assert.Equal(new Rgb(r, g, b), Rgb.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("#fff")]
    [InlineData("#gggggg")]
    [InlineData("##12345")]
    [InlineData(" 12345")]
    public void Parse_AnythingElse_Refused(string text) => Assert.Throws<FormatException>(() => Rgb.Parse(text));
}
