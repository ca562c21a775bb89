using static CnnViz.Models.Tests.TfJs.ModelFile;

namespace CnnViz.Models.Tests.TfJs;

/// <summary>Convolutions: what is folded into one layer, paddings, fused activations.</summary>
public sealed class ConvolutionTests
{
    [Fact]
    public void Read_ConvolutionAndBias_IsOneLayerNamedAfterTheAddition()
    {
        using var graph = new ModelFile(1, 8, 8, 3)
            .Weight("scope/k", [3, 3, 3, 4]).Weight("scope/b", [4])
            .Conv("scope/conv", "image", "scope/k").Node("AddV2", "scope/add", ["scope/conv", "scope/b"]).Read();
        var layer = graph.Layers[1];
        Assert.Equal(2, graph.Layers.Count);
        Assert.Equal("add", layer.Name);
        Assert.Equal(["kernel", "bias"], layer.Weights.Select(weight => weight.Role));
        Assert.Equal([4], layer.Weight("bias")!.Shape);
        foreach (var name in new[] { "add", "scope/add", "conv", "scope/conv" })
        {
            Assert.Same(layer, graph.Find(name));
        }

        Assert.Equal("(4, 6, 6)", graph.ShapeOf("add"));
        Assert.Equal(["add"], graph.Outputs);
    }

    [Fact]
    public void Read_ConvolutionUsedTwice_KeepsTheAdditionApart()
    {
        using var graph = new ModelFile(1, 8, 8, 3)
            .Weight("k", [1, 1, 3, 3]).Weight("b", [3])
            .Conv("conv", "image", "k").Node("AddV2", "add", ["conv", "b"]).Node("Relu", "relu", ["conv"]).Read();
        Assert.Equal(["image", "conv", "add", "relu"], graph.Layers.Select(layer => layer.Name));
        Assert.Equal([3, 1, 1], graph.Find("add")!.Weight("constant")!.Shape);
    }

    [Fact]
    public void Read_NchwAroundNhwcConvolution_LeavesNoTransposition()
    {
        using var graph = new ModelFile(1, 3, 8, 8)
            .Constant("to_last", 0, 2, 3, 1).Constant("to_first", 0, 3, 1, 2).Constant("pads", [4, 2], [0, 0, 0, 0, 1, 2, 3, 4])
            .Weight("k", [3, 3, 3, 5])
            .Node("Pad", "pad", ["image", "pads"]).Node("Transpose", "t1", ["pad", "to_last"])
            .Conv("conv", "t1", "k").Node("Transpose", "t2", ["conv", "to_first"]).Node("Relu", "relu", ["t2"]).Read();
        Assert.Equal(["image", "conv", "relu"], graph.Layers.Select(layer => layer.Name));
        Assert.Equal(new Padding2D(1, 2, 3, 4), Assert.IsType<Conv2DOp>(graph.Find("conv")!.Op).Padding);
        Assert.Equal("(5, 9, 13)", graph.ShapeOf("relu"));
        Assert.False(graph.Input.ChannelsLast);
        Assert.Same(graph.Find("conv"), graph.Find("t2"));
        Assert.Same(graph.Find("conv"), graph.Find("pad"));
    }

    [Fact]
    public void Read_PadUsedTwice_StaysALayer()
    {
        using var graph = new ModelFile(1, 8, 8, 3)
            .Constant("pads", [4, 2], [0, 0, 1, 1, 1, 1, 0, 0]).Weight("k", [3, 3, 3, 5])
            .Node("Pad", "pad", ["image", "pads"]).Conv("conv", "pad", "k").Node("Relu", "relu", ["pad"]).Read();
        Assert.Equal("(3, 10, 10)", graph.ShapeOf("pad"));
        Assert.True(Assert.IsType<Conv2DOp>(graph.Find("conv")!.Op).Padding.IsNone);
    }

    [Theory]
    [InlineData(float.NegativeInfinity, true)]
    [InlineData(0f, false)]
    public void Read_PadBeforeMaxPool_FoldsOnlyMinusInfinity(float value, bool folds)
    {
        using var graph = new ModelFile(1, 8, 8, 3)
            .Constant("pads", [4, 2], [0, 0, 1, 1, 1, 1, 0, 0]).Weight("v", [], value)
            .Node("PadV2", "pad", ["image", "pads", "v"])
            .Node("MaxPool", "pool", ["pad"], ("ksize", Ints(1, 3, 3, 1)), ("strides", Ints(1, 2, 2, 1)), ("padding", Text("VALID"))).Read();
        Assert.Equal(folds ? 2 : 3, graph.Layers.Count);
        Assert.Equal("(3, 4, 4)", graph.ShapeOf("pool"));
        Assert.Equal(folds ? Padding2D.Uniform(1) : Padding2D.None, Assert.IsType<Pool2DOp>(graph.Find("pool")!.Op).Padding);
    }

    [Theory]
    [InlineData(8, 2, 3, 0, 1, 4)]
    [InlineData(9, 2, 3, 1, 1, 5)]
    [InlineData(8, 1, 3, 1, 1, 8)]
    [InlineData(8, 1, 4, 1, 2, 8)]
    [InlineData(8, 4, 2, 0, 0, 2)]
    [InlineData(7, 3, 5, 2, 2, 3)]
    public void Read_SamePadding_FollowsTensorFlowsRule(int extent, int stride, int kernel, int before, int after, int positions)
    {
        using var graph = new ModelFile(1, extent, extent, 3).Weight("k", [kernel, kernel, 3, 2])
            .Conv("conv", "image", "k", "SAME", stride).Read();
        Assert.Equal(new Padding2D(before, after, before, after), Assert.IsType<Conv2DOp>(graph.Find("conv")!.Op).Padding);
        Assert.Equal($"(2, {positions}, {positions})", graph.ShapeOf("conv"));
        Assert.Equal(stride > 1 && extent % stride == 0 ? stride : 1, graph.Input.SizeMultiple);
    }

    [Fact]
    public void Read_Depthwise_HasAGroupPerChannel()
    {
        using var graph = new ModelFile(1, 8, 8, 3).Weight("k", [3, 3, 3, 2])
            .Conv("conv", "image", "k", op: "DepthwiseConv2dNative").Read();
        var op = Assert.IsType<Conv2DOp>(graph.Find("conv")!.Op);
        Assert.Equal((3, true), (op.Groups, op.Depthwise));
        Assert.Equal("(6, 6, 6)", graph.ShapeOf("conv"));
    }

    [Theory]
    [InlineData("Relu6", ActivationKind.Relu6, 0f)]
    [InlineData("Relu", ActivationKind.Relu, 0f)]
    [InlineData("Elu", ActivationKind.Elu, 1f)]
    [InlineData("Sigmoid", ActivationKind.Sigmoid, 0f)]
    [InlineData("LeakyRelu", ActivationKind.LeakyRelu, 0.25f)]
    public void Read_FusedConvolution_KeepsThePreActivation(string activation, ActivationKind kind, float alpha)
    {
        using var graph = new ModelFile(1, 8, 8, 3).Weight("k", [1, 1, 3, 4]).Weight("b", [4])
            .Node("_FusedConv2D", $"net/block/{activation}", ["image", "k", "b"],
                ("fused_ops", Texts("BiasAdd", activation)), ("padding", Text("SAME")), ("strides", Ints(1, 1, 1, 1)), ("leakyrelu_alpha", Float(0.25f)))
            .Node("Tanh", "net/tanh", [$"net/block/{activation}"]).Read();
        Assert.Equal(["image", "block", $"block/{activation}", "tanh"], graph.Layers.Select(layer => layer.Name));
        Assert.Equal(new ActivationOp(kind, alpha), graph.Layers[2].Op);
        Assert.Equal(["kernel", "bias"], graph.Layers[1].Weights.Select(weight => weight.Role));
        Assert.Same(graph.Layers[2], graph.Find($"net/block/{activation}"));
    }

    [Fact]
    public void Read_FusedBiasOnly_IsNamedWithoutBiasAdd()
    {
        using var graph = new ModelFile(1, 8, 8, 3).Weight("k", [1, 1, 3, 4]).Weight("b", [4])
            .Node("_FusedConv2D", "heatmap/BiasAdd", ["image", "k", "b"], ("fused_ops", Texts("BiasAdd")), ("padding", Text("SAME")))
            .Node("Relu", "relu", ["heatmap/BiasAdd"]).Read();
        Assert.Equal(["image", "heatmap", "relu"], graph.Layers.Select(layer => layer.Name));
    }
}
