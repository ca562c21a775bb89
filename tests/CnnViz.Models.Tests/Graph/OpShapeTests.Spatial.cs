using static CnnViz.Models.Tests.Graph.Graphs;

namespace CnnViz.Models.Tests.Graph;

/// <summary>Pooling, padding and transposed convolution, on hand-worked examples.</summary>
public sealed partial class OpShapeTests
{
    [Fact]
    public void Pooling_CountsPositions()
    {
        Assert.Equal(
            "(4, 4, 3)", Infer(new Pool2DOp(PoolKind.Max, new(3, 3), new(2, 2), Padding2D.Uniform(1)), [4, 8, 6]).ToString());
        Assert.Equal(
            "(4, 3, 3)", Infer(new Pool2DOp(PoolKind.Average, new(2, 2), new(2, 2), Padding2D.None), [4, 7, 6]).ToString());
        Assert.Contains(
            "padding alone", Refusal(new Pool2DOp(PoolKind.Max, new(2, 2), _one, Padding2D.Uniform(2)), [4, 8, 8]),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(7, 2, 2, 0, 0, 4)]
    [InlineData(8, 2, 2, 0, 0, 4)]
    [InlineData(5, 2, 3, 1, 0, 2)] // from -1 and 2; rounding up adds none
    [InlineData(6, 2, 3, 1, 1, 3)] // from -1, 2 and 5: the last cell starts the third window
    [InlineData(4, 2, 3, 1, 1, 2)] // a third would start at 5, behind the map
    [InlineData(8, 3, 2, 0, 0, 4)]
    [InlineData(4, 3, 2, 0, 0, 2)]
    public void Pooling_RoundedUp_KeepsWindowsThatStartInTheMap(
        int extent, int window, int stride, int before, int after, int expected)
    {
        var op = new Pool2DOp(PoolKind.Max, new(window, 1), new(stride, 1), new(before, after, 0, 0), CeilMode: true);
        Assert.Equal($"(2, {expected}, 3)", Infer(op, [2, extent, 3]).ToString());
    }

    [Fact]
    public void Pooling_Dilated_ReachesFurther()
    {
        Assert.Equal(
            "(4, 4, 2)",
            Infer(new Pool2DOp(PoolKind.Max, new(3, 2), _one, Padding2D.None, Dilation: new(2, 4)), [4, 8, 6]).ToString());
        var alone = new Pool2DOp(PoolKind.Max, new(2, 1), _one, new(1, 1, 0, 0), Dilation: new(2, 1));
        Assert.Contains("padding alone", Refusal(alone, [4, 1, 6]), StringComparison.Ordinal);
        var far = new Pool2DOp(PoolKind.Average, new(4, 1), _one, Padding2D.None, Dilation: new(3, 1));
        Assert.Contains("window of 10 does not fit", Refusal(far, [4, 8, 6]), StringComparison.Ordinal);
        Assert.Contains("dilation", Refusal(far with { Dilation = new(0, 1) }, [4, 8, 6]), StringComparison.Ordinal);
    }

    [Fact]
    public void Pad2D_AddsEachSide() =>
        Assert.Equal("(4, 11, 13)", Infer(new Pad2DOp(new Padding2D(1, 2, 3, 4)), [4, 8, 6]).ToString());

    [Fact]
    public void Pad2D_Mirrored_StaysBelowTheExtent()
    {
        Assert.Equal("(4, 15, 6)", Infer(new Pad2DOp(new Padding2D(7, 0, 0, 0), Mode: PadMode.Reflect), [4, 8, 6]).ToString());
        Assert.Equal("(4, 16, 6)", Infer(new Pad2DOp(new Padding2D(8, 0, 0, 0), Mode: PadMode.Edge), [4, 8, 6]).ToString());
        Assert.Contains(
            "mirrors", Refusal(new Pad2DOp(new Padding2D(8, 0, 0, 0), Mode: PadMode.Reflect), [4, 8, 6]),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 1, 0, 0, "(7, 17, 13)")]
    [InlineData(2, 1, 0, 1, "(7, 18, 14)")]
    [InlineData(2, 1, 1, 1, "(7, 16, 12)")]
    [InlineData(1, 2, 0, 0, "(7, 12, 10)")]
    [InlineData(3, 1, 0, 2, "(7, 26, 20)")]
    public void ConvTranspose2D_StrideDilationPadding_CountsCells(
        int stride, int dilation, int padding, int added, string expected)
    {
        var op = new ConvTranspose2DOp(new(stride, stride), new(dilation, dilation), Padding2D.Uniform(padding), added, added);
        Assert.Equal(
            expected, Infer(op, [5, 8, 6], Weight("kernel", WeightLayout.Iohw, 5, 7, 3, 3), Plain("bias", 7)).ToString());
        Assert.Equal(expected, Infer(op, [5, 8, 6], Weight("kernel", WeightLayout.Hwoi, 3, 3, 7, 5)).ToString());
    }

    [Fact]
    public void ConvTranspose2D_Groups_MultiplyTheOutputs()
    {
        var op = new ConvTranspose2DOp(_one, _one, new Padding2D(1, 0, 0, 2), 0, 0, Groups: 2);
        Assert.Equal("(14, 9, 6)", Infer(op, [6, 8, 6], Weight("kernel", WeightLayout.Iohw, 6, 7, 3, 3)).ToString());
    }

    [Fact]
    public void ConvTranspose2D_Misfit_IsRefused()
    {
        var op = new ConvTranspose2DOp(new(2, 2), _one, Padding2D.None, 0, 0);
        var kernel = Weight("kernel", WeightLayout.Iohw, 5, 7, 3, 3);
        Assert.Contains("takes 5 channels", Refusal(op, [4, 8, 6], kernel), StringComparison.Ordinal);
        Assert.Contains(
            "2 groups do not divide the 5", Refusal(op with { Groups = 2 }, [5, 8, 6], kernel), StringComparison.Ordinal);
        Assert.Contains("0 groups", Refusal(op with { Groups = 0 }, [5, 8, 6], kernel), StringComparison.Ordinal);
        Assert.Contains(
            "output padding of 2", Refusal(op with { OutputPaddingWidth = 2 }, [5, 8, 6], kernel), StringComparison.Ordinal);
        Assert.Contains(
            "output padding of -1", Refusal(op with { OutputPaddingHeight = -1 }, [5, 8, 6], kernel), StringComparison.Ordinal);
        Assert.Contains(
            "too small", Refusal(op with { Padding = Padding2D.Uniform(9) }, [5, 8, 6], kernel), StringComparison.Ordinal);
        Assert.Contains(
            "transposed", Refusal(op, [5, 8, 6], Weight("kernel", WeightLayout.Oihw, 5, 7, 3, 3)), StringComparison.Ordinal);
        Assert.Contains("bias", Refusal(op, [5, 8, 6], kernel, Plain("bias", 5)), StringComparison.Ordinal);
        Assert.NotEmpty(Refusal(op with { Stride = new(4096, 4096) }, [5, int.MaxValue / 8, 1], kernel));
    }

    [Fact]
    public void Conv2D_TransposedLayout_IsRefused() => Assert.Contains(
        "no convolution's",
        Refusal(new Conv2DOp(_one, _one, Padding2D.None), [5, 8, 6], Weight("kernel", WeightLayout.Iohw, 5, 7, 3, 3)),
        StringComparison.Ordinal);
}
