using CnnViz.Engine.Torch;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.Torch;

public sealed class ResizeTableTests
{
    [Theory]
    [InlineData(ResizeCoordinates.HalfPixel, 0.5, new long[] { 1, 3 })]
    [InlineData(ResizeCoordinates.Asymmetric, 0.5, new long[] { 0, 2 })]
    [InlineData(ResizeCoordinates.AlignCorners, 0.5, new long[] { 0, 3 })]
    [InlineData(ResizeCoordinates.HalfPixel, 2.0, new long[] { 0, 0, 1, 1, 2, 2, 3, 3 })]
    [InlineData(ResizeCoordinates.AlignCorners, 1.25, new long[] { 0, 1, 2, 2, 3 })]
    public void Create_NearestOfFourCells_ReadsThese(ResizeCoordinates coordinates, double scale, long[] expected)
        => Assert.Equal(expected, ResizeTable.Create(ResizeKind.Nearest, coordinates, 4, expected.Length, scale).Lower);

    [Fact]
    public void Create_BilinearHalfPixel_ClampsAtTheEdges()
    {
        var table = ResizeTable.Create(ResizeKind.Bilinear, ResizeCoordinates.HalfPixel, 2, 4, 2);
        Assert.Equal([0, 0, 0, 1], table.Lower);
        Assert.Equal([1, 1, 1, 1], table.Upper);
        Assert.Equal([0f, 0.25f, 0.75f, 0f], table.Fraction);
    }
}
