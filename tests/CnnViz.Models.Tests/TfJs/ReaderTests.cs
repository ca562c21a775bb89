using static CnnViz.Models.Tests.TfJs.ModelFile;

namespace CnnViz.Models.Tests.TfJs;

/// <summary>Names, ops that are not known, and what the caller adds.</summary>
public sealed class ReaderTests
{
    [Fact]
    public void Read_ShortNameTaken_StaysLong()
    {
        using var graph = new ModelFile(1, 8, 8, 3)
            .Node("Relu", "net/a", ["image"]).Node("Relu", "net/onnx_tf_prefix_a", ["net/a"])
            .Node("Relu", "net/onnx_tf_prefix_b", ["net/a"]).Read();
        Assert.Equal(["image", "net/a", "net/onnx_tf_prefix_a", "b"], graph.Layers.Select(layer => layer.Name));
    }

    [Fact]
    public void Read_UnknownOp_BlocksOnlyWhatDependsOnIt()
    {
        using var graph = new ModelFile(1, 8, 8, 3)
            .Node("Relu", "before", ["image"]).Node("MysteryOp", "odd", ["before"]).Node("Relu", "after", ["odd"])
            .Node("Tanh", "beside", ["before"]).Read();
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
}
