using static CnnViz.Models.Tests.TfJs.ModelFile;

namespace CnnViz.Models.Tests.TfJs;

/// <summary>Single ops and idioms of TensorFlow graphs, each on a small hand-written model.</summary>
public sealed class ReaderTests
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

        Assert.Equal("(4, 6, 6)", Shape(graph, "add"));
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
            .Constant("to_last", 0, 2, 3, 1).Constant("to_first", 0, 3, 1, 2).Constant("pads", [4, 2], [0, 0, 0, 0, 1, 2, 3, 4]).Weight("k", [3, 3, 3, 5])
            .Node("Pad", "pad", ["image", "pads"]).Node("Transpose", "t1", ["pad", "to_last"])
            .Conv("conv", "t1", "k").Node("Transpose", "t2", ["conv", "to_first"]).Node("Relu", "relu", ["t2"]).Read();
        Assert.Equal(["image", "conv", "relu"], graph.Layers.Select(layer => layer.Name));
        Assert.Equal(new Padding2D(1, 2, 3, 4), Assert.IsType<Conv2DOp>(graph.Find("conv")!.Op).Padding);
        Assert.Equal("(5, 9, 13)", Shape(graph, "relu"));
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
        Assert.Equal("(3, 10, 10)", Shape(graph, "pad"));
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
        Assert.Equal("(3, 4, 4)", Shape(graph, "pool"));
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
        using var graph = new ModelFile(1, extent, extent, 3).Weight("k", [kernel, kernel, 3, 2]).Conv("conv", "image", "k", "SAME", stride).Read();
        Assert.Equal(new Padding2D(before, after, before, after), Assert.IsType<Conv2DOp>(graph.Find("conv")!.Op).Padding);
        Assert.Equal($"(2, {positions}, {positions})", Shape(graph, "conv"));
        Assert.Equal(stride > 1 && extent % stride == 0 ? stride : 1, graph.Input.SizeMultiple);
    }

    [Fact]
    public void Read_Depthwise_HasAGroupPerChannel()
    {
        using var graph = new ModelFile(1, 8, 8, 3).Weight("k", [3, 3, 3, 2]).Conv("conv", "image", "k", op: "DepthwiseConv2dNative").Read();
        var op = Assert.IsType<Conv2DOp>(graph.Find("conv")!.Op);
        Assert.Equal((3, true), (op.Groups, op.Depthwise));
        Assert.Equal("(6, 6, 6)", Shape(graph, "conv"));
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

    [Fact]
    public void Read_ShortNameTaken_StaysLong()
    {
        using var graph = new ModelFile(1, 8, 8, 3)
            .Node("Relu", "net/a", ["image"]).Node("Relu", "net/onnx_tf_prefix_a", ["net/a"]).Node("Relu", "net/onnx_tf_prefix_b", ["net/a"]).Read();
        Assert.Equal(["image", "net/a", "net/onnx_tf_prefix_a", "b"], graph.Layers.Select(layer => layer.Name));
    }

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
        Assert.Equal(["gamma", "beta", "moving_mean", "moving_variance"], graph.Find("bn")!.Weights.Select(weight => weight.Role));
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
        Assert.Equal("(3, 4, 4)", Shape(graph, "add"));
    }

    [Fact]
    public void Read_ConcatAndSplit_MapTheirAxis()
    {
        using var graph = new ModelFile(1, 8, 8, 3).Scalar("axis", -1).Constant("sizes", 4, 2)
            .Node("ConcatV2", "cat", ["image", "image", "axis"])
            .Node("SplitV", "parts", ["cat", "sizes", "axis"], ("num_split", Int(2)))
            .Node("Split", "thirds", ["axis", "image"], ("num_split", Int(3)))
            .Node("Relu", "second", ["parts:1"]).Read();
        Assert.Equal(new ConcatenateOp(0), graph.Find("cat")!.Op);
        Assert.Equal(new SliceOp(0, 4, 2), graph.Find("parts:1")!.Op);
        Assert.Equal("(2, 8, 8)", Shape(graph, "second"));
        Assert.Equal("(1, 8, 8)", Shape(graph, "thirds:2"));
    }

    [Fact]
    public void Read_Slices_BecomeSliceLayers()
    {
        using var graph = new ModelFile(1, 8, 8, 3).Constant("b", 0, 0, 0, 1).Constant("e", 0, 0, 0, 3).Constant("s", 1, 1, 1, 1)
            .Node("StridedSlice", "last_two", ["image", "b", "e", "s"], ("begin_mask", Int(7)), ("end_mask", Int(7)))
            .Constant("begin", 0, 1, 2, 0).Constant("size", 1, -1, 4, -1)
            .Node("Slice", "window", ["image", "begin", "size"]).Read();
        Assert.Equal("(2, 8, 8)", Shape(graph, "last_two"));
        Assert.Equal("(3, 7, 4)", Shape(graph, "window"));
        Assert.True(graph.Input.FixedSize);
    }

    [Fact]
    public void Read_Resize_BecomesAFactorOfAnySize()
    {
        using var graph = new ModelFile(1, 12, 12, 3).Constant("size", 24, 6)
            .Node("ResizeBilinear", "up", ["image", "size"], ("half_pixel_centers", Bool(true)))
            .Node("ResizeNearestNeighbor", "near", ["image", "size"], ("align_corners", Bool(true))).Read();
        Assert.Equal(new ResizeOp(ResizeKind.Bilinear, 2, 0.5, ResizeCoordinates.HalfPixel), graph.Find("up")!.Op);
        Assert.Equal(new ResizeOp(ResizeKind.Nearest, 2, 0.5, ResizeCoordinates.AlignCorners), graph.Find("near")!.Op);
        Assert.Equal("(3, 48, 12)", ShapeInference.Infer(graph, 24, 24)["up"].ToString());
    }

    [Fact]
    public void Read_ResizeByAwkwardRatio_MeetsTheWantedSizeExactly()
    {
        for (var from = 1; from < 60; from += 7)
        {
            using var graph = new ModelFile(1, from, from, 3).Constant("size", 49, 31).Node("ResizeBilinear", "r", ["image", "size"]).Read();
            Assert.Equal("(3, 49, 31)", Shape(graph, "r"));
        }
    }

    [Fact]
    public void Read_FlattenAndDense_RememberTheAxisOrder()
    {
        using var graph = new ModelFile(1, 4, 4, 2).Constant("flat", -1, 32).Weight("k", [32, 5]).Weight("b", [5])
            .Node("Reshape", "flatten", ["image", "flat"])
            .Node("_FusedMatMul", "dense", ["flatten", "k", "b"], ("fused_ops", Texts("BiasAdd", "Relu"))).Node("Softmax", "p", ["dense"]).Read();
        Assert.Equal(new FlattenOp(ChannelsLast: true), graph.Find("flatten")!.Op);
        Assert.IsType<DenseOp>(graph.Find("dense/preactivation")!.Op);
        Assert.Equal("(5)", Shape(graph, "p"));
    }

    [Fact]
    public void Read_GlobalMeanSqueezeAndBack_KeepChannels()
    {
        using var graph = new ModelFile(1, 4, 4, 2).Constant("hw", 1, 2).Constant("cell", 1, 1, 1, 2)
            .Node("Mean", "kept", ["image", "hw"], ("keep_dims", Bool(true))).Node("Mean", "dropped", ["image", "hw"])
            .Node("Squeeze", "squeezed", ["kept"], ("squeeze_dims", Ints(1, 2)))
            .Node("Reshape", "cell_again", ["dropped", "cell"]).Node("Mul", "scale", ["image", "cell_again"]).Read();
        Assert.Equal("(2, 1, 1)", Shape(graph, "kept"));
        Assert.Equal("(2)", Shape(graph, "dropped"));
        Assert.Equal("(2)", Shape(graph, "squeezed"));
        Assert.Equal("(2, 4, 4)", Shape(graph, "scale"));
    }

    [Fact]
    public void Read_ReshapeByComputedShape_FitsEverySize()
    {
        // shape(image)[1] * 4 cells and 2 channels, as converters write it.
        using var graph = new ModelFile(1, 4, 4, 2).Constant("b", 1).Constant("e", 2).Constant("s", 1).Scalar("four", 4).Scalar("one", 1).Scalar("two", 2)
            .Node("Shape", "shape", ["image"])
            .Node("StridedSlice", "h", ["shape", "b", "e", "s"], ("shrink_axis_mask", Int(1)))
            .Node("Mul", "cells", ["h", "four"]).Node("Pack", "to", ["one", "cells", "two"])
            .Node("Reshape", "list", ["image", "to"]).Read();
        Assert.Equal("(16, 2)", Shape(graph, "list"));
        Assert.Equal(new TransposeOp(1, 2, 0), graph.Find(graph.Find("list")!.Inputs[0])!.Op);
    }

    [Fact]
    public void Read_UnknownOp_BlocksOnlyWhatDependsOnIt()
    {
        using var graph = new ModelFile(1, 8, 8, 3)
            .Node("Relu", "before", ["image"]).Node("MysteryOp", "odd", ["before"]).Node("Relu", "after", ["odd"]).Node("Tanh", "beside", ["before"]).Read();
        Assert.Equal(new UnsupportedOp("MysteryOp", "the reader does not know this op"), graph.Find("odd")!.Op);
        var after = Assert.IsType<UnsupportedOp>(graph.Find("after")!.Op);
        Assert.Contains("'odd' (MysteryOp)", after.Reason, StringComparison.Ordinal);
        Assert.Equal(["image", "before", "beside"], ShapeInference.Infer(graph, 8, 8).Keys);
    }

    [Fact]
    public void Read_PartlyTranslatedNode_LeavesNoFragments()
    {
        using var graph = new ModelFile(1, 8, 8, 3).Weight("k", [1, 1, 3, 4])
            .Node("_FusedConv2D", "odd", ["image", "k"], ("fused_ops", Texts("Mystery")), ("padding", Text("SAME"))).Read();
        Assert.Equal(["image", "odd"], graph.Layers.Select(layer => layer.Name));
        Assert.IsType<UnsupportedOp>(graph.Find("odd")!.Op);
    }

    [Fact]
    public void Read_QuantisedAndShardedWeights_AreDequantised()
    {
        var (json, _) = new ModelFile(1, 8, 8, 1).Weight("k", [1, 1, 1, 2]).Weight("b", [2]).Conv("conv", "image", "k").Node("BiasAdd", "bias", ["conv", "b"]).Parts();
        var group = json["weightsManifest"]![0]!;
        group["paths"] = new System.Text.Json.Nodes.JsonArray("1.bin", "2.bin");
        group["weights"]![0]!["quantization"] = new System.Text.Json.Nodes.JsonObject { ["dtype"] = "uint16", ["scale"] = 0.5, ["min"] = -1.0 };
        group["weights"]![1]!["quantization"] = new System.Text.Json.Nodes.JsonObject { ["dtype"] = "float16" };
        var path = Save(json.ToJsonString(), ("1.bin", [4, 0, 6]), ("2.bin", [0, 0, 0x3C, 0, 0xC0]));
        using var graph = TfJsGraphReader.Read(path);
        Delete(path);
        var layer = graph.Find("bias")!;
        Assert.Equal([1f, 2f], Values(graph, layer.Weight("kernel")!));
        Assert.Equal([1f, -2f], Values(graph, layer.Weight("bias")!));
        Assert.Equal(8, graph.Weights.StoredBytes);
    }

    [Fact]
    public void Read_InlineConstants_AreRead()
    {
        var tensor = new System.Text.Json.Nodes.JsonObject
        {
            ["tensor"] = new System.Text.Json.Nodes.JsonObject { ["dtype"] = "DT_INT32", ["tensorShape"] = ModelFile.Shape(2), ["tensorContent"] = "AQAAAAIAAAA=" },
        };
        using var graph = new ModelFile(1, 8, 8, 1).Node("Const", "axes", [], ("value", tensor)).Node("Mean", "mean", ["image", "axes"]).Read();
        Assert.Equal("(1)", Shape(graph, "mean"));
    }

    [Fact]
    public void Read_Options_DescribeTheInput()
    {
        var options = new TfJsReadOptions { Name = "mine", Order = ChannelOrder.Bgr, Mean = [1, 2, 3], Std = [4], DefaultSize = new(32, 64), Labels = ["a"] };
        using var graph = new ModelFile(-1, -1, -1, 3).Node("Relu", "relu", ["image"]).Read(options);
        Assert.Equal(("mine", 32, 64, ChannelOrder.Bgr), (graph.Name, graph.Input.Height, graph.Input.Width, graph.Input.Order));
        Assert.Equal([4f, 4f, 4f], graph.Input.Std);
        Assert.Equal(["a"], graph.Labels);
        Assert.Throws<ModelFormatException>(() => new ModelFile(1, 8, 8, 3).Read(options with { Std = [0] }));
        Assert.Throws<ModelFormatException>(() => new ModelFile(1, 8, 8, 3).Read(options with { Mean = [1, 2] }));
        Assert.Throws<ModelFormatException>(() => new ModelFile(1, 9, 8, 3).Read(options with { SizeMultiple = 8 }));
    }

    private static string Shape(ModelGraph graph, string layer) =>
        ShapeInference.Infer(graph, graph.Input.Height, graph.Input.Width, [layer])[graph.Find(layer)!.Name].ToString();

    private static float[] Values(ModelGraph graph, LayerWeight weight)
    {
        var values = new float[weight.ElementCount];
        graph.Weights.Read(weight.Key, values);
        return values;
    }
}
