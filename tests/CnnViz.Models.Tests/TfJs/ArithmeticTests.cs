using static CnnViz.Models.Tests.TfJs.ModelFile;

namespace CnnViz.Models.Tests.TfJs;

/// <summary>Elementwise ops and normalisation, and how constants and axis orders meet in them.</summary>
public sealed class ArithmeticTests
{
    [Fact]
    public void Read_Prelu_UniformIsLeakyAndPerChannelIsComposed()
    {
        using var uniform = new ModelFile(1, 8, 8, 2).Weight("a", [2], 0.5f).Node("Prelu", "p", ["image", "a"]).Read();
        Assert.Equal(new ActivationOp(ActivationKind.LeakyRelu, 0.5f), uniform.Find("p")!.Op);

        using var graph = new ModelFile(1, 8, 8, 2).Weight("a", [2], 0.5f, 0.25f).Node("Prelu", "p", ["image", "a"]).Read();
        Assert.Equal(new BinaryOp(BinaryKind.Subtract), graph.Find("p")!.Op);
        Assert.Equal([2, 1, 1], graph.Find("p/scaled")!.Weight("constant")!.Shape);
        var minusOne = new float[1];
        graph.Weights.Read(graph.Find("p/negated")!.Weight("constant")!.Key, minusOne);
        Assert.Equal(-1, minusOne[0]);
    }

    [Fact]
    public void Read_BatchNormalization_HasKerasWeightOrder()
    {
        using var graph = new ModelFile(1, 8, 8, 2).Weight("g", [2]).Weight("b", [2]).Weight("m", [2]).Weight("v", [2])
            .Node("FusedBatchNormV3", "bn", ["image", "g", "b", "m", "v"], ("epsilon", Float(0.001f)), ("is_training", Bool(false))).Read();
        Assert.Equal(
            ["gamma", "beta", "moving_mean", "moving_variance"], graph.Find("bn")!.Weights.Select(weight => weight.Role));
        Assert.Equal(new BatchNormalizationOp(0.001f), graph.Find("bn")!.Op);
    }

    [Fact]
    public void Read_ConstantOperands_AreBroadcastInCanonicalOrder()
    {
        // Stored (height, width, channels): the values must be reordered. A scalar on the left stays on the left.
        using var graph = new ModelFile(1, 2, 2, 3).Weight("full", [2, 2, 3]).Weight("one", [], 1f)
            .Node("Mul", "mul", ["image", "full"]).Node("Sub", "sub", ["one", "mul"]).Read();
        var constant = graph.Find("mul")!.Weight("constant")!;
        var values = new float[12];
        graph.Weights.Read(constant.Key, values);
        Assert.Equal([3, 2, 2], constant.Shape);
        Assert.Equal([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11], values.Select(value => (int)(value / 0.125f)));
        Assert.Equal(new BinaryOp(BinaryKind.Subtract, ConstantFirst: true), graph.Find("sub")!.Op);
        Assert.True(graph.Input.FixedSize);
    }

    [Fact]
    public void Read_MixedViews_MeetThroughAnExplicitTransposition()
    {
        // Adding an NHWC tensor to a transposed one is arithmetic on different axes, not a change of format.
        using var graph = new ModelFile(1, 4, 4, 3).Constant("swap", 0, 2, 1, 3)
            .Node("Transpose", "t", ["image", "swap"]).Node("AddV2", "add", ["image", "t"]).Read();
        Assert.Equal(new TransposeOp(0, 2, 1), graph.Find(graph.Find("add")!.Inputs[1])!.Op);
        Assert.Equal("(3, 4, 4)", graph.ShapeOf("add"));
    }
}
