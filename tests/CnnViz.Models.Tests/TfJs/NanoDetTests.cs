namespace CnnViz.Models.Tests.TfJs;

/// <summary>The detector that the product shows first, against what is known about it.</summary>
public sealed class NanoDetTests
{
    [InstalledModelFact("nanodet")]
    public void Read_NanoDet_HasItsConvolutions()
    {
        using var graph = Read();
        var kernels = graph.Layers.Where(layer => layer.Op is Conv2DOp)
            .Select(layer => KernelShape.Of(layer.Weight("kernel")!)).ToArray();
        Assert.Equal(34, kernels.Length);
        Assert.Equal(28, kernels.Count(kernel => (kernel.Height, kernel.Width) == (3, 3)));
        Assert.All(graph.Layers, layer => Assert.False(layer.Op is UnsupportedOp or Pad2DOp, layer.Name));
        Assert.All(graph.Layers.Where(layer => layer.Op is Conv2DOp), layer => Assert.NotNull(layer.Weight("bias")));
        Assert.Equal(6, graph.Outputs.Count);
    }

    [InstalledModelTheory("nanodet")]
    [InlineData("Add_4", 32, 4)]
    [InlineData("Add_10", 64, 8)]
    [InlineData("Add_16", 128, 16)]
    [InlineData("LeakyRelu_41", 128, 16)]
    [InlineData("Add_29", 124, 8)]
    [InlineData("Concat_9", 32, 4)]
    [InlineData("MaxPool2d", 32, 4)]
    [InlineData("Add_37", 124, 32)]
    public void Infer_Layer_HasItsChannelsAndStride(string layer, int channels, int stride)
    {
        using var graph = Read();
        foreach (var size in new[] { 416, 128, 160 })
        {
            Assert.Equal(
                new TensorShape(channels, size / stride, size / stride), ShapeInference.Infer(graph, size, size, [layer])[layer]);
        }
    }

    [InstalledModelFact("nanodet")]
    public void Infer_WholeNetwork_FitsAtEveryMultipleOf32()
    {
        using var graph = Read();
        Assert.Equal("(2704, 80)", ShapeInference.Infer(graph, 416, 416)["Transpose_157"].ToString());
        Assert.Equal("(120, 80)", ShapeInference.Infer(graph, 96, 320)["Transpose_168"].ToString());
        Assert.Throws<ModelFormatException>(() => ShapeInference.Infer(graph, 416, 400));
    }

    [InstalledModelFact("nanodet")]
    public void Find_SourceNames_MeanTheirLayer()
    {
        using var graph = Read();
        var layer = graph.Find("Add_10");
        Assert.NotNull(layer);
        foreach (var name in new[] { "PartitionedCall/Add_10", "PartitionedCall/convolution_10", "convolution_10" })
        {
            Assert.Same(layer, graph.Find(name));
        }

        Assert.Same(graph.Find("LeakyRelu_41"), graph.Find("PartitionedCall/onnx_tf_prefix_LeakyRelu_41"));
        Assert.Same(graph.Find("Transpose_157"), graph.Find("Identity"));
    }

    [InstalledModelFact("nanodet")]
    public void Read_Resizes_AreFactors()
    {
        using var graph = Read();
        Assert.Equal([2, 2, 0.5, 0.5], graph.Layers.Select(layer => layer.Op).OfType<ResizeOp>().Select(op => op.ScaleHeight));
        Assert.Equal(32, TfJsGraphReaderMultiple());

        static int TfJsGraphReaderMultiple()
        {
            using var plain = TfJsGraphReader.Read(InstalledModels.PathOf("nanodet"));
            return plain.Input.SizeMultiple;
        }
    }

    [InstalledModelFact("nanodet")]
    public void Read_Weights_AreSane()
    {
        using var graph = Read();
        var kernel = graph.Find("Add")!.Weight("kernel")!;
        var values = new float[kernel.ElementCount];
        graph.Weights.Read(kernel.Key, values);
        Assert.Equal(new KernelShape(32, 3, 3, 3), KernelShape.Of(kernel));
        Assert.All(values, value => Assert.InRange(value, -4f, 4f));
        Assert.True(values.Distinct().Count() > 500);
        Assert.Equal(64, graph.Digest.Length);
    }

    private static ModelGraph Read() =>
        TfJsGraphReader.Read(InstalledModels.PathOf("nanodet"), KnownModel.All.Single(model => model.Name == "nanodet").Options);
}
