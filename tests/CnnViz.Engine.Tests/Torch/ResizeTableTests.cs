using CnnViz.Engine.Numerics;
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
    [InlineData(ResizeCoordinates.HalfPixel, 0.25, new long[] { 2 })]
    [InlineData(ResizeCoordinates.TorchHalfPixel, 0.25, new long[] { 0 })]
    public void Create_NearestOfFourCells_ReadsThese(ResizeCoordinates coordinates, double scale, long[] expected)
        => Assert.Equal(expected, Create(new(ResizeKind.Nearest, scale, scale, coordinates), expected.Length).Cells.Single());

    [Theory]
    [InlineData(NearestRounding.Floor, new long[] { 0, 2 })]
    [InlineData(NearestRounding.Ceiling, new long[] { 1, 3 })]
    [InlineData(NearestRounding.PreferFloor, new long[] { 0, 2 })]
    [InlineData(NearestRounding.PreferCeiling, new long[] { 1, 3 })]
    public void Create_NearestHalfwayBetweenCells_RoundsAsAsked(NearestRounding rounding, long[] expected)
    {
        var op = new ResizeOp(ResizeKind.Nearest, 0.5, 0.5, ResizeCoordinates.HalfPixel, rounding);
        Assert.Equal(expected, Create(op, expected.Length).Cells.Single());
    }

    [Fact]
    public void Create_BilinearHalfPixel_ClampsAtTheEdges()
    {
        var table = ResizeTable.Create(new(ResizeKind.Bilinear, 2, 2, ResizeCoordinates.HalfPixel), 2, 4, 2);
        Assert.Equal([0, 0, 0, 1], table.Cells[0]);
        Assert.Equal([0, 1, 1, 1], table.Cells[1]);
        Assert.Equal([0.25f, 0.75f, 0.25f, 0.75f], table.Weights[0]);
        Assert.Equal([0.75f, 0.25f, 0.75f, 0.25f], table.Weights[1]);
    }

    [Fact]
    public void Create_BicubicHalfway_HasKeysWeights()
    {
        var table = Create(new(ResizeKind.Bicubic, 0.5, 0.5, ResizeCoordinates.HalfPixel), 2);
        Assert.Equal([0L, 0, 1, 2], table.Cells.Select(tap => tap[0]));
        Assert.Equal([-0.09375f, 0.59375f, 0.59375f, -0.09375f], table.Weights.Select(tap => tap[1]));
    }

    private static ResizeTable Create(ResizeOp op, int outExtent) => ResizeTable.Create(op, 4, outExtent, op.ScaleHeight);
}
