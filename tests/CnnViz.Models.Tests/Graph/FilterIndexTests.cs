namespace CnnViz.Models.Tests.Graph;

/// <summary>Every layout against its definition, spelled out as loops over the axes. No two extents are the same.</summary>
public sealed class FilterIndexTests
{
    [Theory]
    [InlineData(WeightLayout.Oihw, 1, 5, 4, 3, 2)]
    [InlineData(WeightLayout.Hwio, 1, 3, 2, 4, 5)]
    [InlineData(WeightLayout.Hwim, 1, 3, 2, 4, 5)]
    [InlineData(WeightLayout.Iohw, 1, 4, 5, 3, 2)]
    [InlineData(WeightLayout.Iohw, 2, 4, 5, 3, 2)]
    [InlineData(WeightLayout.Iohw, 4, 4, 1, 3, 2)]
    [InlineData(WeightLayout.Hwoi, 1, 3, 2, 5, 4)]
    [InlineData(WeightLayout.Hwoi, 2, 3, 2, 5, 4)]
    public void Of_EveryElement_IsTheFilterOfItsAxes(WeightLayout layout, int groups, params int[] shape)
    {
        var index = FilterIndex.For(new LayerWeight("kernel", "k", shape, layout), groups);
        var seen = new HashSet<int>();
        var element = 0;
        for (var a = 0; a < shape[0]; a++)
        {
            for (var b = 0; b < shape[1]; b++)
            {
                for (var c = 0; c < shape[2]; c++)
                {
                    for (var d = 0; d < shape[3]; d++, element++)
                    {
                        var expected = layout switch
                        {
                            WeightLayout.Oihw => a,
                            WeightLayout.Hwio => d,
                            WeightLayout.Hwim => (c * shape[3]) + d,
                            WeightLayout.Iohw => (a / (shape[0] / groups) * shape[1]) + b,
                            _ => (d / (shape[3] / groups) * shape[2]) + c,
                        };
                        Assert.Equal(expected, index.Of(element));
                        seen.Add(expected);
                    }
                }
            }
        }

        Assert.Equal(seen.Count, index.Count);
    }

    [Fact]
    public void Of_Matrices_AreReadByTheirLayout()
    {
        var keras = FilterIndex.For(new LayerWeight("kernel", "k", [3, 2], WeightLayout.Plain));
        var torch = FilterIndex.For(new LayerWeight("kernel", "k", [2, 3], WeightLayout.OutIn));
        Assert.Equal([0, 1, 0, 1, 0, 1], Enumerable.Range(0, 6).Select(keras.Of));
        Assert.Equal([0, 0, 0, 1, 1, 1], Enumerable.Range(0, 6).Select(torch.Of));
        Assert.Equal((2, 2), (keras.Count, torch.Count));
    }

    [Fact]
    public void For_GroupsThatDoNotDivide_AreRefused() => Assert.Throws<ModelFormatException>(
        () => FilterIndex.For(new LayerWeight("kernel", "k", [4, 5, 3, 2], WeightLayout.Iohw), 3));
}
