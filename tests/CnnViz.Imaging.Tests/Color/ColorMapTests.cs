using CnnViz.Imaging.Color;

namespace CnnViz.Imaging.Tests.Color;

public sealed class ColorMapTests
{
    [Theory]
    [InlineData("viridis", "#440154", "#fde725")]
    [InlineData("magma", "#000004", "#fcfdbf")]
    [InlineData("grey", "#000000", "#ffffff")]
    [InlineData("GRAY", "#000000", "#ffffff")]
    public void Indexer_Ends_AreThePublishedColours(string name, string low, string high)
    {
        Assert.True(ColorMap.TryGet(name, out var map));
        Assert.Equal((low, high), (map[0].ToString(), map[1].ToString()));
        Assert.Equal((low, high), (map[-3].ToString(), map[1e30f].ToString()));
    }

    [Fact]
    public void Diverging_AroundTheMiddle_IsWhiteAndEndsDiffer()
    {
        var map = ColorMap.Diverging;
        Assert.Equal(Rgb.White, map[0.499f]);
        Assert.Equal(Rgb.White, map[0.5f]);
        Assert.True(map[0].B > 2 * map[0].R, map[0].ToString());
        Assert.True(map[1].R > 2 * map[1].B, map[1].ToString());
        // Away from the middle it only gets darker, about equally on both sides.
        for (var i = 1; i < 128; i++)
        {
            Assert.True(Luma(map, 127 - i) <= Luma(map, 128 - i) && Luma(map, 128 + i) <= Luma(map, 127 + i), $"{i}");
            Assert.InRange(Luma(map, 127 - i) - Luma(map, 128 + i), -40, 40);
        }
    }

    [Fact]
    public void Apply_Run_EqualsIndexerAndMarksNonFinite()
    {
        float[] values = [0, 0.25f, 0.999999f, 1, 2, -1, float.NaN, float.PositiveInfinity, float.NegativeInfinity];
        foreach (var map in ColorMap.All)
        {
            var rgb = new byte[27];
            map.Apply(values, rgb);
            for (var i = 0; i < values.Length; i++)
                Assert.Equal(map[values[i]], new Rgb(rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]));
            Assert.Equal([0xff, 0x2d, 0x95], rgb[18..21]);
            map.Apply(values, rgb, new Rgb(1, 2, 3));
            Assert.Equal([1, 2, 3, 1, 2, 3, 1, 2, 3], rgb[18..]);
        }
    }

    [Fact]
    public void NonFinite_Colour_IsInNoMap()
    {
        foreach (var map in ColorMap.All)
        {
            for (var i = 0; i < 256; i++)
                Assert.NotEqual(Rgb.NonFinite, map[i / 255f]);
        }
    }

    [Fact]
    public void TryGet_UnknownName_False()
    {
        Assert.False(ColorMap.TryGet("jet", out _));
        Assert.False(ColorMap.TryGet(null, out _));
    }

    private static double Luma(ColorMap map, int entry)
    {
        var rgb = map.Table.Slice(3 * entry, 3);
        return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
    }
}
