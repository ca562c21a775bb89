using System.Globalization;
using CnnViz.Imaging.Color;
using CnnViz.Imaging.Layout;
using CnnViz.Imaging.Tests.Support;

namespace CnnViz.Imaging.Tests.Layout;

public sealed class TileGridTests
{
    [PythonFact]
    public void Compose_ValuesByColourMap_EqualNumpyExactly()
    {
        using var reference = Reference.Run("grids");
        Assert.Equal(15, reference.Cases.Count);
        foreach (var fields in reference.Cases)
        {
            var n = fields[1..8].Select(f => int.Parse(f, CultureInfo.InvariantCulture)).ToArray();
            Assert.True(ColorMap.TryGet(fields[8], out var map));
            var options = new GridOptions { Columns = n[3], Scale = n[4], Margin = n[5], OuterMargin = n[6] };
            var grid = TileGrid.Compose(reference.Floats(fields[0] + ".f32"), n[1], n[2], map, options);
            Assert.True(reference.Bytes(fields[0] + ".raw").AsSpan().SequenceEqual(grid.Pixels), string.Join(' ', fields));
        }
    }

    [Theory]
    [InlineData(64, 130, 130, 1075, 1075)]
    [InlineData(9, 130, 130, 1075, 265)]
    [InlineData(1, 130, 130, 130, 130)]
    public void Plan_KerasStitched_HasMarginsBetweenTilesOnly(int count, int tileWidth, int tileHeight, int width, int height)
    {
        var plan = GridGeometry.Plan(count, tileWidth, tileHeight, GridOptions.KerasStitched);
        Assert.Equal((width, height), (plan.Width, plan.Height));
    }

    [Theory]
    [InlineData(64, 3, 3, 8, 32, 6)]
    [InlineData(18, 3, 3, 6, 32, 6)]
    [InlineData(32, 3, 3, 8, 32, 6)]
    [InlineData(7, 3, 3, 3, 32, 6)]
    [InlineData(4096, 3, 3, 64, 4, 2)]
    [InlineData(64, 224, 224, 8, 1, 8)]
    [InlineData(1, 96, 1, 1, 1, 6)]
    public void Plan_Defaults_NearSquareAndLegible(int count, int tileWidth, int tileHeight, int columns, int scale, int margin)
    {
        var plan = GridGeometry.Plan(count, tileWidth, tileHeight);
        Assert.Equal((columns, scale, margin), (plan.Columns, plan.Scale, plan.Margin));
    }

    [Fact]
    public void Compose_RastersOfAnyChannels_ShownOnTheCanvas()
    {
        var grid = TileGrid.Compose(
            [new Raster(1, 1, 1, [9]), new Raster(1, 1, 3, [1, 2, 3]), new Raster(1, 1, 4, [0, 0, 0, 0])],
            new GridOptions { Columns = 3, Scale = 1, Margin = 0, Background = new Rgb(7, 8, 9) });
        Assert.Equal([9, 9, 9, 1, 2, 3, 7, 8, 9], grid.Pixels);
    }

    [Fact]
    public void Compose_Labels_StandBelowTheirTilesOnly()
    {
        var options =
            new GridOptions { Columns = 2, Scale = 40, Margin = 4, Labels = ["f1", "", "a name far too long for its tile"] };
        var plan = GridGeometry.Plan(3, 1, 1, options);
        var grid = TileGrid.Compose(new float[] { 0, 0.5f, 1 }, 1, 1, ColorMap.Grey, options);
        for (var y = 0; y < grid.Height; y++)
        {
            for (var x = 0; x < grid.Width; x++)
            {
                var (column, row) = (x / (plan.TileWidth + 4), y / (plan.TileHeight + plan.LabelHeight + 4));
                var (left, top) = plan.Position(row * 2 + column);
                var pixel = grid.Row(y).Slice(3 * x, 3);
                var color = new Rgb(pixel[0], pixel[1], pixel[2]);
                var inColumn = x - left < plan.TileWidth;
                var exists = row * 2 + column < 3;
                if (exists && inColumn && y - top < plan.TileHeight)
                    Assert.Equal(ColorMap.Grey[(row * 2 + column) / 2f], color);
                else if (!exists || !inColumn || y - top >= plan.TileHeight + plan.LabelHeight || column == 1)
                    Assert.Equal(Rgb.Ink, color);
            }
        }

        Assert.True(Inked(grid, plan, 0) > 10);
        Assert.True(Inked(grid, plan, 2) > Inked(grid, plan, 0));
    }

    public static TheoryData<int, GridOptions> Refused { get; } = new()
    {
        { 2, new GridOptions { Columns = 0 } },
        { 2, new GridOptions { Scale = -1 } },
        { 2, new GridOptions { Margin = -1 } },
        { 2, new GridOptions { OuterMargin = -1 } },
        { 2, new GridOptions { Labels = ["one"] } },
        { 2, new GridOptions { Scale = int.MaxValue } },
        { 2, new GridOptions { Scale = 1, Margin = int.MaxValue } },
        { 2, new GridOptions { Scale = int.MaxValue, MaxPixels = long.MaxValue } },
        { 0, new GridOptions() },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Plan_BadOptions_Refused(int count, GridOptions options) =>
        Assert.ThrowsAny<ArgumentException>(() => GridGeometry.Plan(count, 3, 3, options));

    [Fact]
    public void Compose_TilesThatDoNotFit_Refused()
    {
        Assert.Throws<ArgumentException>(() => TileGrid.Compose([Pictures.Noise(2, 2, 1), Pictures.Noise(2, 3, 1)]));
        Assert.ThrowsAny<ArgumentException>(() => TileGrid.Compose([]));
        Assert.ThrowsAny<ArgumentException>(() => TileGrid.Compose(new float[10], 3, 3, ColorMap.Grey));
        Assert.ThrowsAny<ArgumentException>(() => TileGrid.Compose([], 3, 3, ColorMap.Grey));
    }

    [Fact]
    public void TensorTiles_KnownOrders_AreTransposed()
    {
        // Value = its own index in the target order.
        var tiles = new float[24];
        var last = new float[24];
        for (var i = 0; i < 24; i++)
            last[i % 6 * 4 + i / 6] = i;
        TensorTiles.FromChannelsLast(last, 2, 3, 4, tiles);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (float)i), tiles);

        var kernel = new float[2 * 1 * 3 * 4];
        for (var (o, n) = (0, 0); o < 4; o++)
        {
            for (var i = 0; i < 3; i++)
            {
                for (var y = 0; y < 2; y++, n++)
                    kernel[(y * 3 + i) * 4 + o] = n;
            }
        }

        TensorTiles.FromKerasKernel(kernel, 2, 1, 3, 4, tiles);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (float)i), tiles);
        Assert.Throws<ArgumentException>(() => TensorTiles.FromKerasKernel(kernel, 2, 2, 3, 4, tiles));
    }

    private static int Inked(Raster grid, GridGeometry plan, int index)
    {
        var (left, top) = plan.Position(index);
        var count = 0;
        for (var y = top + plan.TileHeight; y < top + plan.TileHeight + plan.LabelHeight; y++)
        {
            for (var x = left; x < left + plan.TileWidth; x++)
                count += grid.Row(y)[3 * x] != Rgb.Ink.R ? 1 : 0;
        }

        return count;
    }
}
