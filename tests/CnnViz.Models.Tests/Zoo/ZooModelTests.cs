using System.Text.Json;
using CnnViz.Tests.Shared;

namespace CnnViz.Models.Tests.Zoo;

public sealed class ZooModelTests
{
    private static ModelGraph Build(string name) => ZooModel.All.Single(model => model.Name == name).Build();

    [Fact]
    public void All_Names_AreValidAndUniqueAndSaidToBeUntrained()
    {
        Assert.Equal(ZooModel.All.Count, ZooModel.All.Select(model => model.Name).Distinct().Count());
        foreach (var model in ZooModel.All)
        {
            using var graph = model.Build();
            Assert.True(ModelCatalog.IsValidName(model.Name));
            Assert.Equal(model.Untrained, graph.Untrained);
            Assert.Equal((model.Name, model.Description), (graph.Name, graph.Description));
            Assert.Contains("untrained", graph.Description, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void All_Digests_Differ() =>
        Assert.Equal(ZooModel.All.Count, ZooModel.All.Select(model => model.Build().Digest).Distinct().Count());

    [Fact]
    public void Infer_ResNet50V2At180_GivesTheTutorialsShape()
    {
        using var graph = Build("resnet50v2-notop");
        var shapes = ShapeInference.Infer(graph, 180, 180);
        Assert.Equal(new TensorShape(512, 12, 12), shapes["conv3_block4_out"]);
        Assert.IsType<BinaryOp>(graph.Find("conv3_block4_out")!.Op);
        Assert.Equal(["max_pooling2d_1", "conv3_block4_3_conv"], graph.Find("conv3_block4_out")!.Inputs);
        Assert.Equal("conv3_block3_out", Assert.Single(graph.Find("max_pooling2d_1")!.Inputs));
    }

    [Fact]
    public void Infer_ResNet50V2WithTop_RunsAtAnySize()
    {
        using var graph = Build("resnet50v2");
        Assert.Equal(new TensorShape(1000), ShapeInference.Infer(graph, 97, 161)["predictions"]);
    }

    [Fact]
    public void Infer_Vgg16_SizeIsFixedOnlyWithTop()
    {
        using var top = Build("vgg16");
        Assert.True(top.Input.FixedSize);
        Assert.Throws<ModelFormatException>(() => ShapeInference.Infer(top, 192, 192));
        using var notop = Build("vgg16-notop");
        Assert.Equal(new TensorShape(512, 2, 3), ShapeInference.Infer(notop, 64, 96)["block5_pool"]);
    }

    [Fact]
    public void Input_Preprocessing_IsKeras()
    {
        using var vgg = Build("vgg16");
        Assert.Equal(ChannelOrder.Bgr, vgg.Input.Order);
        Assert.Equal([103.939f, 116.779f, 123.68f], vgg.Input.Mean);
        Assert.Equal([1f, 1f, 1f], vgg.Input.Std);
        using var resnet = Build("resnet50v2");
        Assert.Equal(ChannelOrder.Rgb, resnet.Input.Order);

        // x / 127.5 - 1 is (x - 127.5) / 127.5.
        Assert.All(resnet.Input.Mean.Concat(resnet.Input.Std), value => Assert.Equal(127.5f, value));
        var normalizations = resnet.Layers.Select(layer => layer.Op).OfType<BatchNormalizationOp>();
        Assert.All(normalizations, op => Assert.Equal(1.001e-5f, op.Epsilon));
    }

    [Fact]
    public void Listed_ConvolutionWithActivation_IsOneLayerOfTwo()
    {
        using var graph = Build("vgg16");
        Assert.Equal(23, graph.Listed.Count);
        var conv = graph.Listed[1];
        Assert.Equal(("block1_conv1", "Conv2D", true), (conv.Name, conv.ClassName, conv.Untrained));
        Assert.Equal(["input_1"], conv.Inputs);
        Assert.Equal(["kernel", "bias"], conv.Weights.Select(weight => weight.Role));
        Assert.Equal([3, 3, 3, 64], conv.Weight("kernel")!.Shape);
        Assert.Equal(new ActivationOp(ActivationKind.Relu), conv.Output.Op);
        Assert.IsType<Conv2DOp>(graph.Find("block1_conv1/preactivation")!.Op);
        Assert.Same(conv, graph.ListingOf(graph.Find("block1_conv1/preactivation")!));
    }

    [Fact]
    public void Listed_WholeBeforeItsPart_IsRefused()
    {
        Layer[] layers =
        [
            new() { Name = "input", Op = new InputOp() },
            new() { Name = "x", Op = new ActivationOp(ActivationKind.Relu), Inputs = ["input"] },
            new() { Name = "x/inside", Op = new ActivationOp(ActivationKind.Relu), Inputs = ["input"], PartOf = "x" },
        ];
        var weights = WeightStore.FromMemory(new Dictionary<string, (int[], float[])>());
        var refusal = Assert.Throws<ModelFormatException>(() => new ModelGraph("m", Graph.Graphs.Input(), layers, weights));
        Assert.Contains("'x' does not come after its parts", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AutoencoderFirstLayers_Conv2D_HasTheSamplesTrainedValues()
    {
        using var graph = Build("autoencoder-first-layers");
        var file = Path.Combine(RepositoryPaths.Root, "samples", "autoencoder_conv2d_1.json");
        using var sample = JsonDocument.Parse(File.ReadAllText(file));
        var kernel = new float[288];
        var bias = new float[32];
        graph.Weights.Read("conv2d_1/kernel", kernel);
        graph.Weights.Read("conv2d_1/bias", bias);
        Assert.Equal(sample.RootElement.GetProperty("kernel").EnumerateArray().Select(value => value.GetSingle()), kernel);
        Assert.Equal(sample.RootElement.GetProperty("bias").EnumerateArray().Select(value => value.GetSingle()), bias);
        Assert.Equal([false, false, true], graph.Listed.Select(layer => layer.Untrained));
        Assert.False(graph.NeedsUntrained(["conv2d_1"]));
        Assert.True(graph.NeedsUntrained(["batch_normalization_1"]));
    }

    [Fact]
    public void Load_ZooModel_NeedsNoFile()
    {
        using var catalog = ModelCatalog.Open(Path.Combine(Path.GetTempPath(), "cnnviz-no-such-folder"));
        var entry = catalog.List().Single(model => model.Name == "vgg16");
        Assert.Equal((true, true, null), (entry.Installed, entry.Untrained, entry.LoadError));
        Assert.Same(catalog.Load("vgg16"), catalog.Load("vgg16"));
        Assert.False(catalog.List().Single(model => model.Name == "nanodet").Untrained);
    }

    [Fact]
    public void Smiley_Sample_Is25By25OfTwoValues()
    {
        var rows = File.ReadAllLines(Path.Combine(RepositoryPaths.Root, "samples", "smiley_25x25.txt"));
        Assert.Equal(25, rows.Length);
        Assert.All(rows, row => Assert.Matches("^[01]{25}$", row));
    }
}
