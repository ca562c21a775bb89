using static CnnViz.Models.Tests.Formats.OnnxFile;

namespace CnnViz.Models.Tests.Formats;

/// <summary>What small ONNX files become.</summary>
public sealed class OnnxReaderTests
{
    [Fact]
    public void Read_ConvolutionAndAddition_IsOneLayerWithBothNames()
    {
        using var graph = new OnnxFile().Input("x", 1, 3, 8, 8).Weight("w", 4, 3, 3, 3).Weight("b", 1, 4, 1, 1)
            .Node("Conv", "c", ["x", "w"], ["t1"], Ints("pads", 1, 1, 1, 1), Ints("strides", 2, 2))
            .Node("Add", "a", ["t1", "b"], ["t2"]).Node("Relu", "", ["t2"], ["y"]).Output("y").Read();
        Assert.Equal(["x", "a", "y"], graph.Layers.Select(layer => layer.Name));
        var conv = graph.Find("t1")!;
        Assert.Equal("a", conv.Name);
        Assert.Equal(new Conv2DOp(new(2, 2), new(1, 1), Padding2D.Uniform(1)), conv.Op);
        Assert.Equal([4], conv.Weight("bias")!.Shape);
        Assert.Equal(["y"], graph.Outputs);
        Assert.Equal("(4, 4, 4)", ShapeInference.Infer(graph, 8, 8)["y"].ToString());
        Assert.False(graph.Input.FixedSize);
    }

    [Fact]
    public void Read_ChannelsLastInput_IsSeenThroughTheTransposition()
    {
        using var graph = new OnnxFile().Input("x", 1, 16, 16, 4).Weight("w", 2, 4, 1, 1).Floats("s", [4], 1, 2, 3, 4)
            .Node("Mul", "scale", ["x", "s"], ["t0"])
            .Node("Transpose", "in", ["t0"], ["t1"], Ints("perm", 0, 3, 1, 2)).Node("Conv", "c", ["t1", "w"], ["t2"])
            .Node("Transpose", "out", ["t2"], ["y"], Ints("perm", 0, 2, 3, 1)).Output("y").Read();
        Assert.True(graph.Input.ChannelsLast);
        Assert.Equal(ChannelOrder.Rgba, graph.Input.Order);
        Assert.Equal(["x", "scale", "c"], graph.Layers.Select(layer => layer.Name));
        Assert.Equal([4, 1, 1], graph.Find("scale")!.Weight("constant")!.Shape);
        Assert.Equal("c", graph.Find("out")!.Name);
        Assert.Equal(["c"], graph.Outputs);
    }

    /// <summary>
    /// What exporters write for "the size of that one": Shape, Slice and Concat into Resize, Gather and Concat into Reshape.
    /// </summary>
    [Fact]
    public void Read_ShapeComputingSubgraph_HoldsAtOtherSizes()
    {
        using var graph = new OnnxFile().Input("x", 1, 3, -1, -1).Integers("zero", 0).Integers("two", 2)
            .Integers("size", 448, 448).Integers("rest", -1)
            .Node("Shape", "", ["x"], ["shape"]).Node("Slice", "", ["shape", "zero", "two"], ["front"])
            .Node("Concat", "", ["front", "size"], ["sizes"], Int("axis", 0))
            .Node("Resize", "up", ["x", "", "", "sizes"], ["big"], Word("mode", "linear"))
            .Node("Gather", "", ["shape", "zero"], ["batch"]).Node("Concat", "", ["batch", "rest"], ["flat"], Int("axis", 0))
            .Node("Reshape", "vector", ["big", "flat"], ["y"]).Output("y").Read();
        Assert.Equal((224, 224), (graph.Input.Height, graph.Input.Width));
        Assert.False(graph.Input.FixedSize);
        Assert.Equal(["x", "up", "vector"], graph.Layers.Select(layer => layer.Name));
        var shapes = ShapeInference.Infer(graph, 32, 64);
        Assert.Equal("(3, 64, 128)", shapes["up"].ToString());
        Assert.Equal("(24576)", shapes["vector"].ToString());
    }

    [Fact]
    public void Read_UnknownOp_BlocksOnlyWhatNeedsIt()
    {
        using var graph = new OnnxFile().Input("x", 1, 3, 8, 8).Node("Relu", "r", ["x"], ["t"])
            .Node("NonZero", "odd", ["t"], ["u"]).Node("Relu", "behind", ["u"], ["y"]).Output("y").Read();
        var odd = Assert.IsType<UnsupportedOp>(graph.Find("odd")!.Op);
        Assert.Equal("NonZero", odd.OpType);
        Assert.Contains("'odd'", Assert.IsType<UnsupportedOp>(graph.Find("behind")!.Op).Reason, StringComparison.Ordinal);
        Assert.Equal("(3, 8, 8)", ShapeInference.Infer(graph, 8, 8, ["r"])["r"].ToString());
    }

    [Fact]
    public void Read_ConstantNodes_AreWeights()
    {
        var kernel = Tensor("", [2, 3, 1, 1], 1, Delimited(4, new byte[24]));
        using var graph = new OnnxFile().Input("x", 1, 3, 8, 8).Node("Constant", "", [], ["k"], Value("value", kernel))
            .Node("Conv", "c", ["x", "k"], ["y"]).Output("y").Read();
        Assert.Equal("k", graph.Find("c")!.Weight("kernel")!.Key);
        Assert.True(graph.Weights.Contains("k"));
    }

    [Fact]
    public void Read_HalfFloatsAsNumbers_AreTheirValues()
    {
        // Four halves, 1, -2, 0.5 and 0, as the bits that int32_data holds.
        var data = Tensor(
            "h", [4, 1, 1], 10, [.. Number(5, 0x3C00), .. Number(5, 0xC000), .. Number(5, 0x3800), .. Number(5, 0)]);
        using var graph = new OnnxFile().Input("x", 1, 4, 8, 8).Raw(5, data).Node("Mul", "m", ["x", "h"], ["y"])
            .Output("y").Read();
        var values = new float[4];
        graph.Weights.Read(graph.Find("m")!.Weight("constant")!.Key, values);
        Assert.Equal([1, -2, 0.5f, 0], values);
    }

    [Fact]
    public void Read_ExternalData_IsReadFromTheModelsFolder()
    {
        var file = new OnnxFile().Input("x", 1, 1, 8, 8)
            .External("w", [1, 1, 1, 2], ("location", "weights.bin"), ("offset", "4"), ("length", "8"))
            .Node("Conv", "c", ["x", "w"], ["y"]).Output("y");
        var path = Save(
            file.Bytes(),
            ("weights.bin", [.. BitConverter.GetBytes(9f), .. BitConverter.GetBytes(3f), .. BitConverter.GetBytes(4f)]));
        using var graph = OnnxGraphReader.Read(path);
        var values = new float[2];
        graph.Weights.Read("w", values);
        Assert.Equal([3, 4], values);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void Read_NodesMadeOfSeveral_GoByTheFirstsShortName()
    {
        using var graph = new OnnxFile().Input("x", 1, 3, 8, 8)
            .Node("Relu", "Net/a/Relu_Net/b/Norm_Net/c/Conv2D", ["x"], ["t"]).Node("Relu", "Net/d/Relu", ["t"], ["u"])
            .Node("Relu", "plain", ["u"], ["y"]).Output("y").Read();
        Assert.Equal(["x", "a/Relu", "d/Relu", "plain"], graph.Layers.Select(layer => layer.Name));
        Assert.Equal("a/Relu", graph.Find("Net/a/Relu_Net/b/Norm_Net/c/Conv2D")!.Name);
    }

    [Theory]
    [InlineData("SAME_UPPER", 0, 1)]
    [InlineData("SAME_LOWER", 1, 0)]
    public void Read_SamePadding_PutsTheOddCellWhereItBelongs(string mode, int before, int after)
    {
        using var graph = new OnnxFile().Input("x", 1, 1, 8, 8).Weight("w", 1, 1, 3, 3)
            .Node("Conv", "c", ["x", "w"], ["y"], Word("auto_pad", mode), Ints("strides", 2, 2)).Output("y").Read();
        Assert.Equal(new Padding2D(before, after, before, after), ((Conv2DOp)graph.Find("c")!.Op).Padding);
        Assert.Equal(2, graph.Input.SizeMultiple);
    }

    [Fact]
    public void Read_UnitAxesMoved_IsAnotherViewOfTheSameLayer()
    {
        using var graph = new OnnxFile().Input("x", 1, 1, 6, 8).Integers("s", 1, 6, 8, 1).Weight("w", 2, 1, 1, 1)
            .Node("Reshape", "r", ["x", "s"], ["t"]).Node("Transpose", "back", ["t"], ["u"], Ints("perm", 0, 3, 1, 2))
            .Node("Conv", "c", ["u", "w"], ["y"]).Output("y").Read();
        Assert.Equal(["x", "c"], graph.Layers.Select(layer => layer.Name));
        Assert.False(graph.Input.FixedSize);
    }
}
