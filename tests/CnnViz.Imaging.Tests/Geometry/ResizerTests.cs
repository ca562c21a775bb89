using System.Globalization;
using CnnViz.Imaging.Geometry;
using CnnViz.Imaging.Tests.Support;

namespace CnnViz.Imaging.Tests.Geometry;

public sealed class ResizerTests
{
    private static readonly Rgb _bars = new(77, 77, 77);

    [PythonFact]
    public void Resize_AnyPolicy_EqualsPillowWithinOne()
    {
        using var reference = Reference.Run("resizes");
        Assert.Equal(96, reference.Cases.Count);
        foreach (var fields in reference.Cases)
        {
            var n = fields[1..6].Select(f => int.Parse(f, CultureInfo.InvariantCulture)).ToArray();
            var source = new Raster(n[0], n[1], n[2], reference.Bytes(fields[0] + ".raw"));
            var result = Resizer.Resize(source, n[3], n[4], Enum.Parse<ResizePolicy>(fields[6]), _bars);
            var worst = result.Pixels.Zip(reference.Bytes(fields[0] + ".out.raw"), (a, b) => Math.Abs(a - b)).Max();
            Assert.True(worst <= 1, $"{string.Join(' ', fields)}: {worst}");
        }
    }

    [Theory]
    [InlineData(1, ResizePolicy.Stretch)]
    [InlineData(3, ResizePolicy.CenterCrop)]
    [InlineData(3, ResizePolicy.Letterbox)]
    [InlineData(4, ResizePolicy.Letterbox)]
    public void ResizeToFloat_BothLayouts_EqualTheBytesBeforeRounding(int channels, ResizePolicy policy)
    {
        var source = Pictures.Noise(61, 37, channels);
        var bytes = Resizer.Resize(source, 20, 30, policy, _bars);
        var last = new float[20 * 30 * bytes.Channels];
        var first = new float[last.Length];
        Resizer.ResizeToFloat(source, 20, 30, PixelLayout.ChannelsLast, last, policy, _bars);
        Resizer.ResizeToFloat(source, 20, 30, PixelLayout.ChannelsFirst, first, policy, _bars);
        Assert.Equal(bytes.Pixels, last.Select(v => (byte)Math.Clamp(v + 0.5f, 0, 255)));
        for (var i = 0; i < last.Length; i++)
            Assert.Equal(last[i], first[i % bytes.Channels * 600 + i / bytes.Channels]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Resize_SameSize_SamePixels(int channels)
    {
        var source = Pictures.Noise(130, 71, channels);
        foreach (var policy in Enum.GetValues<ResizePolicy>())
            Assert.Equal(source.Pixels, Resizer.Resize(source, 130, 71, policy).Pixels);
    }

    [Fact]
    public void Resize_OneColour_StaysThatColour()
    {
        var color = new Rgb(11, 250, 128);
        var result = Resizer.Resize(Raster.Filled(999, 13, color), 50, 70);
        Assert.Equal(Raster.Filled(50, 70, color).Pixels, result.Pixels);
    }

    [Fact]
    public void Resize_Checkerboard_ShrinksToGreyWithoutAliasing()
    {
        var source = new Raster(256, 256, 1);
        for (var i = 0; i < source.Pixels.Length; i++)
            source.Pixels[i] = (byte)((i + i / 256) % 2 * 255);
        Assert.All(Resizer.Resize(source, 31, 31).Pixels, v => Assert.InRange(v, 120, 135));
    }

    [Fact]
    public void Resize_TransparentPicture_ShowsTheBackground()
    {
        var result = Resizer.Resize(new Raster(4, 4, 4), 2, 2, background: new Rgb(1, 2, 3));
        Assert.Equal([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3], result.Pixels);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, -1)]
    public void Resize_NoSize_Refused(int width, int height) =>
        Assert.ThrowsAny<ArgumentException>(() => Resizer.Resize(Pictures.Noise(3, 3, 3), width, height));

    [Fact]
    public void ResizeToFloat_ShortDestination_Refused() =>
        Assert.Throws<ArgumentException>(
            () => Resizer.ResizeToFloat(Pictures.Noise(3, 3, 3), 2, 2, PixelLayout.ChannelsFirst, new float[11]));
}
