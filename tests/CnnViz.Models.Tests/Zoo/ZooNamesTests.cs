namespace CnnViz.Models.Tests.Zoo;

/// <summary>Layer names, their order in Keras' summaries, shapes and preprocessing of the larger zoo.</summary>
public sealed class ZooNamesTests
{
    /// <summary>Keras lists by depth: shortcut and main path alternate.</summary>
    [Fact]
    public void Listed_ResNet50_StandsInTheOrderOfKerasSummary()
    {
        var names = Names("resnet50", "pool1_pool", 13);
        Assert.Equal(
            [
                "conv2_block1_1_conv", "conv2_block1_1_bn", "conv2_block1_1_relu", "conv2_block1_2_conv", "conv2_block1_2_bn",
                "conv2_block1_2_relu", "conv2_block1_0_conv", "conv2_block1_3_conv", "conv2_block1_0_bn", "conv2_block1_3_bn",
                "conv2_block1_add", "conv2_block1_out", "conv2_block2_1_conv",
            ],
            names);
    }

    /// <summary>The numbers are the order of making, the places that of depth: they do not run together.</summary>
    [Fact]
    public void Listed_InceptionV3_StandsInTheOrderOfKerasSummary()
    {
        Assert.Equal(
            [
                "conv2d_8", "batch_normalization_8", "activation_8", "conv2d_6", "conv2d_9", "batch_normalization_6",
                "batch_normalization_9", "activation_6", "activation_9", "average_pooling2d", "conv2d_5", "conv2d_7", "conv2d_10",
                "conv2d_11",
            ],
            Names("inceptionv3", "max_pooling2d_1", 14));
        using var graph = Build("inceptionv3");
        Assert.Equal(94, graph.Listed.Count(layer => layer.ClassName == "Conv2D"));
        Assert.Equal(["mixed8"], graph.Find("conv2d_76")!.Inputs);
        Assert.Equal([1, 1, 2048, 192], graph.Find("conv2d_93")!.Weight("kernel")!.Shape);
        Assert.Equal(["activation_85", "mixed9_1", "concatenate_1", "activation_93"], graph.Find("mixed10")!.Inputs);
        var roles = graph.Find("batch_normalization_93")!.Weights.Select(weight => weight.Role);
        Assert.Equal(["beta", "moving_mean", "moving_variance"], roles);
    }

    [Fact]
    public void Listed_DenseNet121AndEfficientNetB0_HaveKerasLayers()
    {
        using var dense = Build("densenet121");
        Assert.Equal(429, dense.Listed.Count);
        Assert.Equal(["conv2_block5_concat", "conv2_block6_2_conv"], dense.Find("conv2_block6_concat")!.Inputs);
        using var efficient = Build("efficientnetb0");
        Assert.Equal(
            [
                "input_1", "rescaling", "normalization", "rescaling_1", "stem_conv_pad", "stem_conv", "stem_bn",
                "stem_activation", "block1a_dwconv",
            ],
            efficient.Listed.Take(9).Select(layer => layer.Name));
        var classes = efficient.Listed.Skip(1).Take(3).Select(layer => layer.ClassName);
        Assert.Equal(["Rescaling", "Normalization", "Rescaling"], classes);
        Assert.Equal([1, 1, 96, 4], efficient.Find("block2a_se_reduce/preactivation")!.Weight("kernel")!.Shape);
        Assert.Equal(["block2b_drop", "block2a_project_bn"], efficient.Find("block2b_add")!.Inputs);
        Assert.Equal(241, efficient.Listed.Count);
    }

    [Theory]
    [InlineData("vgg19-notop", "block5_conv4", 224, "(512, 14, 14)")]
    [InlineData("resnet50", "conv4_block6_out", 224, "(1024, 14, 14)")]
    [InlineData("resnet152v2", "conv4_block36_out", 224, "(1024, 7, 7)")]
    [InlineData("mobilenet", "conv_pw_11_relu", 224, "(512, 14, 14)")]
    [InlineData("mobilenetv2", "block_16_project_BN", 224, "(320, 7, 7)")]
    [InlineData("mobilenetv2-notop", "out_relu", 96, "(1280, 3, 3)")]
    [InlineData("densenet121", "conv5_block16_concat", 224, "(1024, 7, 7)")]
    [InlineData("inceptionv3", "mixed7", 299, "(768, 17, 17)")]
    [InlineData("inceptionv3-notop", "mixed10", 75, "(2048, 1, 1)")]
    [InlineData("efficientnetb0", "top_activation", 224, "(1280, 7, 7)")]
    [InlineData("squeezenet", "fire9/concat", 227, "(512, 13, 13)")]
    [InlineData("resnet18-torchvision", "layer4.1.relu_1", 224, "(512, 7, 7)")]
    public void Infer_Layer_HasItsPublishedShape(string name, string layer, int size, string shape)
    {
        using var graph = Build(name);
        Assert.Equal(shape, ShapeInference.Infer(graph, size, size)[layer].ToString());
    }

    /// <summary>At other sizes Keras would choose other paddings, so that the network would not be Keras'.</summary>
    [Theory]
    [InlineData("mobilenet-notop")]
    [InlineData("mobilenetv2-notop")]
    [InlineData("efficientnetb0-notop")]
    public void Infer_SizeWithOtherPaddings_IsRefused(string name)
    {
        using var graph = Build(name);
        Assert.False(graph.Input.FixedSize);
        Assert.Throws<ModelFormatException>(() => ShapeInference.Infer(graph, 100, 100));
    }

    [Theory]
    [InlineData("vgg19", ChannelOrder.Bgr, 103.939f, 1f)]
    [InlineData("resnet101", ChannelOrder.Bgr, 103.939f, 1f)]
    [InlineData("squeezenet", ChannelOrder.Bgr, 103.939f, 1f)]
    [InlineData("resnet152v2", ChannelOrder.Rgb, 127.5f, 127.5f)]
    [InlineData("mobilenet", ChannelOrder.Rgb, 127.5f, 127.5f)]
    [InlineData("mobilenetv2", ChannelOrder.Rgb, 127.5f, 127.5f)]
    [InlineData("inceptionv3", ChannelOrder.Rgb, 127.5f, 127.5f)]
    [InlineData("densenet121", ChannelOrder.Rgb, 123.675f, 58.395f)]
    [InlineData("resnet50-torchvision", ChannelOrder.Rgb, 123.675f, 58.395f)]
    [InlineData("efficientnetb0", ChannelOrder.Rgb, 0f, 1f)]
    public void Input_Preprocessing_IsTheFrameworks(string name, ChannelOrder order, float mean, float std)
    {
        using var graph = Build(name);
        Assert.Equal((order, mean, std), (graph.Input.Order, graph.Input.Mean[0], graph.Input.Std[0]));
    }

    /// <summary>Listing builds nothing: no network of the zoo costs anything until it is used.</summary>
    [Fact]
    public void List_Zoo_BuildsNoNetwork()
    {
        var built = 0;
        var zoo = ZooModel.All.Select(model => model with
        {
            Builder = (name, description) =>
            {
                built++;
                return model.Builder(name, description);
            },
        });
        using var catalog = ModelCatalog.Open(Path.Combine(Path.GetTempPath(), "cnnviz-no-such-folder"), zoo: zoo);
        Assert.Contains(catalog.List(), model => model.Name == "efficientnetb0");
        Assert.Equal(0, built);
        catalog.Load("squeezenet");
        Assert.Equal(1, built);
    }

    private static ModelGraph Build(string name) => ZooModel.All.Single(model => model.Name == name).Build();

    private static IEnumerable<string> Names(string model, string after, int count)
    {
        using var graph = Build(model);
        return [.. graph.Listed.Select(layer => layer.Name).SkipWhile(name => name != after).Skip(1).Take(count)];
    }
}
