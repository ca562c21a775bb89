using System.Globalization;
using CnnViz.Imaging.Layout;
using CnnViz.Imaging.Plots;
using CnnViz.Imaging.Tests.Support;

namespace CnnViz.Imaging.Tests.Plots;

public sealed class PlotTests
{
    private static readonly PlotOptions _options = new() { Height = 101 };

    [Fact]
    public void Draw_Bars_AreAsHighAsTheirValues()
    {
        // 40 px per bar, 2 px of it gap; the axis goes from -1 to 2 in 100 steps between rows.
        var plot = VectorPlot.Draw([2, -1, 0.5f], _options);
        var heights = Columns(plot).Where(column => column.Positive + column.Negative > 0).ToList();
        Assert.Equal(3 * 38, heights.Count);
        Assert.All(heights.Take(38), column => Assert.Equal((67, 0), (column.Positive, column.Negative)));
        Assert.All(heights.Skip(38).Take(38), column => Assert.Equal((0, 33), (column.Positive, column.Negative)));
        Assert.All(heights.Skip(76), column => Assert.Equal(17, column.Positive));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(719)]
    [InlineData(720)]
    [InlineData(721)]
    [InlineData(25_088)]
    public void Draw_AnyLength_FitsTheWidthAndShowsTheLargest(int count)
    {
        var values = new float[count];
        values[count / 2] = 3;
        var plot = VectorPlot.Draw(values, _options);
        Assert.InRange(plot.Width, 40, 820);
        var bar = Math.Min(40, 720 / count) - Gap(count);
        // In a line the way up may take a column of its own.
        Assert.InRange(Columns(plot).Count(column => column.Positive > 40), Math.Max(1, bar), Math.Max(2, bar));
    }

    [Fact]
    public void Draw_ValuesThatAreNoNumbers_StandOut()
    {
        var plot = VectorPlot.Draw([1, float.NaN, float.NegativeInfinity], _options);
        Assert.Equal(2 * 38, Columns(plot).Count(column => column.NonFinite == 100));
    }

    [Fact]
    public void Draw_AllZeroOrNoNumbers_StillDrawn()
    {
        Assert.DoesNotContain(Columns(VectorPlot.Draw(new float[5], _options)), column => column.Positive > 1);
        Assert.Contains(Columns(VectorPlot.Draw([float.NaN], _options)), column => column.NonFinite > 0);
        Assert.NotNull(NamedBars.Draw([("zero", 0), ("odd", float.NaN)]));
    }

    [Fact]
    public void Draw_NamedBars_AreAsLongAsTheirValues()
    {
        var plot = NamedBars.Draw([("a", 1), ("b", 0.5f), ("c", -0.25f)], new PlotOptions { Width = 126 });
        var lengths = Enumerable.Range(0, 3).Select(i => Row(plot, 22 * i + 11)).ToList();
        Assert.Equal([100, 50], lengths.Take(2).Select(row => row.Positive));
        Assert.Equal(25, lengths[2].Negative);
    }

    [Fact]
    public void Draw_NothingOrBadOptions_Refused()
    {
        Assert.ThrowsAny<ArgumentException>(() => VectorPlot.Draw([]));
        Assert.ThrowsAny<ArgumentException>(() => NamedBars.Draw([]));
        Assert.ThrowsAny<ArgumentException>(() => VectorPlot.Draw([1], new PlotOptions { Width = 5000 }));
        Assert.ThrowsAny<ArgumentException>(() => VectorPlot.Draw([1], new PlotOptions { Height = 1 }));
        Assert.ThrowsAny<ArgumentException>(() => PlotColumn.Compose([]));
    }

    [PythonFact]
    public void Average_Blocks_EqualNumpyExactly()
    {
        using var reference = Reference.Run("blocks");
        foreach (var fields in reference.Cases)
        {
            var n = fields[1..5].Select(f => int.Parse(f, CultureInfo.InvariantCulture)).ToArray();
            var cells = HeatMap.Average(reference.Floats(fields[0] + ".f32"), n[0], n[1], (n[2], n[3]));
            Assert.Equal(reference.Floats(fields[0] + ".out.f32"), cells);
        }
    }

    [Fact]
    public void Block_LargeMatrix_LeavesAtMost1024CellsASide()
    {
        Assert.Equal((1, 1), HeatMap.Block(1024, 10));
        Assert.Equal((2, 1), HeatMap.Block(1025, 1024));
        Assert.Equal((25, 4), HeatMap.Block(25_088, 4096));
    }

    private static int Gap(int count) => Math.Min(40, 720 / count) switch { >= 8 => 2, >= 3 => 1, _ => 0 };

    private static IEnumerable<(int Positive, int Negative, int NonFinite)> Columns(Raster plot) =>
        Enumerable.Range(0, plot.Width).Select(x => Count(Enumerable.Range(0, plot.Height).Select(y => Pixel(plot, x, y))));

    private static (int Positive, int Negative, int NonFinite) Row(Raster plot, int y) =>
        Count(Enumerable.Range(0, plot.Width).Select(x => Pixel(plot, x, y)));

    private static (int Positive, int Negative, int NonFinite) Count(IEnumerable<Rgb> pixels)
    {
        var all = pixels.ToList();
        return (all.Count(p => p == _options.PositiveColor), all.Count(p => p == _options.NegativeColor), all.Count(p => p == Rgb.NonFinite));
    }

    private static Rgb Pixel(Raster plot, int x, int y)
    {
        var pixel = plot.Row(y).Slice(3 * x, 3);
        return new Rgb(pixel[0], pixel[1], pixel[2]);
    }
}
