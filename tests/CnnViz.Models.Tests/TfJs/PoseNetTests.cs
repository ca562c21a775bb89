namespace CnnViz.Models.Tests.TfJs;

public sealed class PoseNetTests
{
    [InstalledModelFact("posenet")]
    public void Read_PoseNet_HasItsConvolutionsAndHeads()
    {
        using var graph = TfJsGraphReader.Read(
            InstalledModels.PathOf("posenet"), KnownModel.All.Single(model => model.Name == "posenet").Options);
        Assert.Equal(31, graph.Layers.Count(layer => layer.Op is Conv2DOp));
        Assert.Equal(13, graph.Layers.Count(layer => layer.Op is Conv2DOp { Depthwise: true }));
        Assert.Equal(27, graph.Layers.Count(layer => layer.Op is ActivationOp { Kind: ActivationKind.Relu6 }));
        Assert.Equal(["displacement_fwd_2", "heatmap_2", "displacement_bwd_2", "offset_2"], graph.Outputs);

        // 385 is 1 more than a multiple of 16: TensorFlow then pads every stride-2 convolution by one on each side.
        var shapes = ShapeInference.Infer(graph, 385, 385);
        Assert.Equal("(17, 25, 25)", shapes["heatmap_2"].ToString());
        Assert.All(
            graph.Layers.Select(layer => layer.Op).OfType<Conv2DOp>().Where(op => op.Stride == new Size2D(2, 2)),
            op => Assert.Equal(Padding2D.Uniform(1), op.Padding));
        Assert.Equal("(17, 8, 8)", ShapeInference.Infer(graph, 128, 128)["heatmap_2"].ToString());

        // The convolution before a fused ReLU6 is a layer that can be maximised.
        Assert.Equal("MobilenetV1/Conv2d_0", graph.Find("MobilenetV1/MobilenetV1/Conv2d_0/Relu6")!.Inputs.Single());
        Assert.Contains("None, 193, 193, 24)", ModelSummary.Create(graph, 385, 385).ToText(), StringComparison.Ordinal);
    }
}
