using CnnViz.Engine.Maximization;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.Maximization;

public sealed class ObjectiveTests
{
    [Theory]
    [InlineData(12, 12, 2, 8, 8)]
    [InlineData(5, 5, 2, 1, 1)]
    [InlineData(4, 9, 2, 2, 5)]
    [InlineData(1, 1, 2, 1, 1)]
    [InlineData(2, 3, 1, 2, 1)]
    [InlineData(7, 7, 0, 7, 7)]
    public void Channel_MapWithBorder_MeanOfTheInnerCells(int height, int width, int border, int rows, int columns)
    {
        var activation = Close.Random(3 * height * width, 1);
        var cotangent = new float[activation.Length];
        Array.Fill(cotangent, float.NaN);

        var value = new ChannelObjective("layer", border).Evaluate(activation, new TensorShape(3, height, width), 1, cotangent);

        var (top, left) = ((height - rows) / 2, (width - columns) / 2);
        var inner =
            from y in Enumerable.Range(top, rows)
            from x in Enumerable.Range(left, columns)
            select ((height + y) * width) + x;
        var cells = inner.ToHashSet();
        Assert.Equal(cells.Average(i => (double)activation[i]), value, 1e-6);
        for (var i = 0; i < cotangent.Length; i++)
        {
            Assert.Equal(cells.Contains(i) ? 1f / cells.Count : 0f, cotangent[i]);
        }
    }

    [Fact]
    public void Channel_DenseLayer_TheUnitItself()
    {
        var activation = Close.Random(10, 1);
        var cotangent = new float[10];

        var value = new ChannelObjective("logits", 2).Evaluate(activation, new TensorShape(10), 7, cotangent);

        Assert.Equal(activation[7], value, 1e-7);
        Assert.Equal(1, cotangent[7]);
        Assert.Equal(1, cotangent.Sum());
    }

    [Fact]
    public void Channel_CotangentAgainstDifferences_Agrees()
    {
        var objective = new ChannelObjective("layer", 1);
        var shape = new TensorShape(2, 6, 5);
        var activation = Close.Random(60, 1);
        var cotangent = new float[60];
        objective.Evaluate(activation, shape, 1, cotangent);

        Close.Gradient(at => objective.Evaluate(at, shape, 1, new float[60]), activation, cotangent, 0.1, 1e-5);
    }

    [Fact]
    public void Channel_FilterOutOfRange_Refused()
    {
        var objective = new ChannelObjective("layer", 1);

        var shape = new TensorShape(2, 2, 2);

        Assert.Throws<ArgumentOutOfRangeException>(() => objective.Evaluate(new float[8], shape, 2, new float[8]));
    }
}
