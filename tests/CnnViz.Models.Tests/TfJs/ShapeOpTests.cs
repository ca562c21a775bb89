using static CnnViz.Models.Tests.TfJs.ModelFile;

namespace CnnViz.Models.Tests.TfJs;

/// <summary>Ops that cut, join, resize and reshape.</summary>
public sealed class ShapeOpTests
{
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
        Assert.Equal("(2, 8, 8)", graph.ShapeOf("second"));
        Assert.Equal("(1, 8, 8)", graph.ShapeOf("thirds:2"));
    }

    [Fact]
    public void Read_Slices_BecomeSliceLayers()
    {
        using var graph = new ModelFile(1, 8, 8, 3).Constant("b", 0, 0, 0, 1).Constant("e", 0, 0, 0, 3).Constant("s", 1, 1, 1, 1)
            .Node("StridedSlice", "last_two", ["image", "b", "e", "s"], ("begin_mask", Int(7)), ("end_mask", Int(7)))
            .Constant("begin", 0, 1, 2, 0).Constant("size", 1, -1, 4, -1)
            .Node("Slice", "window", ["image", "begin", "size"]).Read();
        Assert.Equal("(2, 8, 8)", graph.ShapeOf("last_two"));
        Assert.Equal("(3, 7, 4)", graph.ShapeOf("window"));
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
            using var graph = new ModelFile(1, from, from, 3).Constant("size", 49, 31)
                .Node("ResizeBilinear", "r", ["image", "size"]).Read();
            Assert.Equal("(3, 49, 31)", graph.ShapeOf("r"));
        }
    }

    [Fact]
    public void Read_FlattenAndDense_RememberTheAxisOrder()
    {
        using var graph = new ModelFile(1, 4, 4, 2).Constant("flat", -1, 32).Weight("k", [32, 5]).Weight("b", [5])
            .Node("Reshape", "flatten", ["image", "flat"])
            .Node("_FusedMatMul", "dense", ["flatten", "k", "b"], ("fused_ops", Texts("BiasAdd", "Relu")))
            .Node("Softmax", "p", ["dense"]).Read();
        Assert.Equal(new FlattenOp(ChannelsLast: true), graph.Find("flatten")!.Op);
        Assert.IsType<DenseOp>(graph.Find("dense/preactivation")!.Op);
        Assert.Equal("(5)", graph.ShapeOf("p"));
    }

    [Fact]
    public void Read_GlobalMeanSqueezeAndBack_KeepChannels()
    {
        using var graph = new ModelFile(1, 4, 4, 2).Constant("hw", 1, 2).Constant("cell", 1, 1, 1, 2)
            .Node("Mean", "kept", ["image", "hw"], ("keep_dims", Bool(true))).Node("Mean", "dropped", ["image", "hw"])
            .Node("Squeeze", "squeezed", ["kept"], ("squeeze_dims", Ints(1, 2)))
            .Node("Reshape", "cell_again", ["dropped", "cell"]).Node("Mul", "scale", ["image", "cell_again"]).Read();
        Assert.Equal("(2, 1, 1)", graph.ShapeOf("kept"));
        Assert.Equal("(2)", graph.ShapeOf("dropped"));
        Assert.Equal("(2)", graph.ShapeOf("squeezed"));
        Assert.Equal("(2, 4, 4)", graph.ShapeOf("scale"));
    }

    [Fact]
    public void Read_ReshapeByComputedShape_FitsEverySize()
    {
        // shape(image)[1] * 4 cells and 2 channels, as converters write it.
        using var graph = new ModelFile(1, 4, 4, 2).Constant("b", 1).Constant("e", 2).Constant("s", 1).Scalar("four", 4)
            .Scalar("one", 1).Scalar("two", 2)
            .Node("Shape", "shape", ["image"])
            .Node("StridedSlice", "h", ["shape", "b", "e", "s"], ("shrink_axis_mask", Int(1)))
            .Node("Mul", "cells", ["h", "four"]).Node("Pack", "to", ["one", "cells", "two"])
            .Node("Reshape", "list", ["image", "to"]).Read();
        Assert.Equal("(16, 2)", graph.ShapeOf("list"));
        Assert.Equal(new TransposeOp(1, 2, 0), graph.Find(graph.Find("list")!.Inputs[0])!.Op);
    }
}
