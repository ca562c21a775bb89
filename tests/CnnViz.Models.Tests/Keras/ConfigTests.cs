using System.Text.Json.Nodes;
using static CnnViz.Models.Tests.Keras.LayersModelFile;

namespace CnnViz.Models.Tests.Keras;

/// <summary>What becomes of configurations; the values that layers give are compared with other frameworks elsewhere.</summary>
public sealed class ConfigTests
{
    [Fact]
    public void Read_MostLayers_HaveKerasNamesClassesAndShapes()
    {
        using var graph = Valid().Read();
        var summary = ModelSummary.Create(graph, 8, 8);
        var rows = summary.Rows.Select(row => $"{row.Name} {row.ClassName} {row.OutputShape} {row.Parameters}").ToArray();
        Assert.Equal(
            [
                "image InputLayer (None, 8, 8, 3) 0",
                "scale Rescaling (None, 8, 8, 3) 0",
                "conv Conv2D (None, 8, 8, 4) 112",
                "bn BatchNormalization (None, 8, 8, 4) 16",
                "deep DepthwiseConv2D (None, 6, 6, 4) 36",
                "prelu PReLU (None, 6, 6, 4) 4",
                "pad ZeroPadding2D (None, 8, 8, 4) 0",
                "crop Cropping2D (None, 6, 6, 4) 0",
                "up UpSampling2D (None, 12, 12, 4) 0",
                "pool MaxPooling2D (None, 6, 6, 4) 0",
                "relu ReLU (None, 6, 6, 4) 0",
                "sum Add (None, 6, 6, 4) 0",
                "mean Average (None, 6, 6, 4) 0",
                "join Concatenate (None, 6, 6, 8) 0",
                "wide Conv2DTranspose (None, 12, 12, 2) 64",
                "turn Permute (None, 12, 12, 2) 0",
                "rows Reshape (None, 72, 4) 0",
                "flat Flatten (None, 288) 0",
                "dense Dense (None, 3) 867",
                "own Lambda ? 0",
                "last Activation ? 0",
            ],
            rows);
        Assert.False(graph.Untrained);
        Assert.True(graph.Input.FixedSize);
        Assert.Equal(["last"], graph.Outputs);
    }

    [Fact]
    public void Read_UnknownLayers_AreUnsupportedWithTheReasonAndTheRestWorks()
    {
        using var graph = Valid().Read();
        var own = Assert.IsType<UnsupportedOp>(graph.Find("own")!.Op);
        Assert.Equal("Lambda", own.OpType);
        Assert.Contains("not known", own.Reason, StringComparison.Ordinal);
        var behind = Assert.IsType<UnsupportedOp>(graph.Find("last")!.Op);
        Assert.Contains("'own' (Lambda)", behind.Reason, StringComparison.Ordinal);
        Assert.Equal("(3)", ShapeInference.Infer(graph, 8, 8, ["dense"])["dense"].ToString());
        var refusal = Assert.Throws<ModelFormatException>(() => ShapeInference.Infer(graph, 8, 8, ["last"]));
        Assert.Contains("not supported", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Conv2D", """{"filters":2,"kernel_size":3,"data_format":"channels_first"}""", "data_format")]
    [InlineData("Conv2D", """{"filters":2,"kernel_size":3,"padding":"causal"}""", "causal")]
    [InlineData("Conv2D", """{"filters":2,"kernel_size":3,"activation":"my_function"}""", "my_function")]
    [InlineData("BatchNormalization", """{"axis":1}""", "axis")]
    [InlineData("UpSampling2D", """{"interpolation":"lanczos5"}""", "lanczos5")]
    [InlineData("ReLU", """{"negative_slope":0.1,"threshold":1}""", "threshold")]
    [InlineData("Normalization", """{"axis":[3],"invert":true}""", "inverts")]
    [InlineData("MultiHeadAttention", "{}", "not known")]
    public void Read_ParametersThatNoOpHas_AreUnsupportedWithTheReason(string kind, string config, string reason)
    {
        using var graph = Functional()
            .Layer("MaxPooling2D", "before", """{"data_format":"channels_last"}""").Layer(kind, "odd", config).Read();
        var op = Assert.IsType<UnsupportedOp>(graph.Find("odd")!.Op);
        Assert.Contains(reason, op.Reason, StringComparison.Ordinal);
        Assert.IsType<Pool2DOp>(graph.Find("before")!.Op);
    }

    [Fact]
    public void Read_ClassOfAnotherModule_IsNotTakenForKerasOwn()
    {
        var file = Functional().Layer("ReLU", "mine");
        var config = file.Config();
        config["config"]!["layers"]![1]!["module"] = "my_package.layers";
        using var graph = file.Read(config);
        Assert.Contains("author's own", Assert.IsType<UnsupportedOp>(graph.Find("mine")!.Op).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SequentialModel_TakesItsInputFromTheFirstLayer()
    {
        var file = new LayersModelFile()
            .Conv("conv", 3, 2, ""","batch_input_shape":[null,9,7,3]""").Layer("GlobalAveragePooling2D", "pool");
        using var graph = file.Read(file.SequentialConfig());
        Assert.True(graph.Sequential);
        Assert.Equal("conv_input", graph.Input.Name);
        Assert.Equal((9, 7, 3), (graph.Input.Height, graph.Input.Width, graph.Input.Channels));
        Assert.Equal(["conv", "pool"], graph.Layers.Skip(1).Select(layer => layer.Name));

        // Keras 1 wrote the layers alone.
        var bare = file.SequentialConfig();
        bare["config"] = bare["config"]!["layers"]!.DeepClone();
        using var old = file.Read(bare);
        Assert.Equal(["conv", "pool"], old.Layers.Skip(1).Select(layer => layer.Name));
    }

    [Fact]
    public void Read_OpenSize_IsTheOptionsOr224()
    {
        var file = new LayersModelFile()
            .Layer("InputLayer", "image", """{"batch_input_shape":[null,null,null,3]}""", []).Conv("conv", 3, 2);
        using var usual = file.Read();
        Assert.Equal((224, 224, false), (usual.Input.Height, usual.Input.Width, usual.Input.FixedSize));
        using var told = file.Read(options: new ModelReadOptions { DefaultSize = new Size2D(96, 64) });
        Assert.Equal((96, 64), (told.Input.Height, told.Input.Width));
    }

    [Fact]
    public void Read_ModelThatScalesItself_TakesPlainPixels()
    {
        using var scaling = Functional().Layer("Rescaling", "scale", """{"scale":0.1}""").Conv("conv", 3, 2).Read();
        Assert.All(scaling.Input.Std, std => Assert.Equal(1, std));
        using var plain = Functional().Conv("conv", 3, 2).Read();
        Assert.All(plain.Input.Std, std => Assert.Equal(255, std));
        using var told = Functional()
            .Layer("Rescaling", "scale", """{"scale":0.1}""").Read(options: new ModelReadOptions { Std = [2] });
        Assert.All(told.Input.Std, std => Assert.Equal(2, std));
    }

    [Theory]
    [InlineData("[0.5,0.25,0.125]")]
    [InlineData("[[[[0.5,0.25,0.125]]]]")]
    [InlineData("""{"class_name":"__numpy__","config":{"value":[0.5,0.25,0.125],"dtype":"float32"}}""")]
    public void Read_NormalizationWithItsValuesInTheConfiguration_HasThem(string mean)
    {
        using var graph = Functional()
            .Layer("Normalization", "norm", $$"""{"axis":-1,"mean":{{mean}},"variance":[4,9,16]}""").Read();
        var (means, variances) = (new float[3], new float[3]);
        graph.Weights.Read("norm/moving_mean", means);
        graph.Weights.Read("norm/moving_variance", variances);
        Assert.Equal([0.5f, 0.25f, 0.125f], means);
        Assert.Equal([4f, 9f, 16f], variances);
    }

    [Fact]
    public void Read_StridedSamePadding_AllowsMultiplesOfTheStride()
    {
        var file = Functional(32, 32);
        using var graph = file
            .Layer("MaxPooling2D", "a", """{"pool_size":3,"strides":2,"padding":"same"}""")
            .Layer("MaxPooling2D", "b", """{"pool_size":3,"strides":2,"padding":"same"}""").Read();
        Assert.Equal((4, false), (graph.Input.SizeMultiple, graph.Input.FixedSize));
        Assert.Equal("(3, 16, 16)", ShapeInference.Infer(graph, 64, 64)["b"].ToString());
    }

    [Fact]
    public void Read_SecondInput_IsUnsupportedAndTheFirstWorks()
    {
        var file = Functional().Layer("InputLayer", "numbers", """{"batch_input_shape":[null,4]}""", [])
            .Layer("ReLU", "relu", "{}", ["image"]).Layer("Add", "sum", "{}", ["relu", "numbers"]);
        var config = file.Config();
        config["config"]!["input_layers"]!.AsArray().Insert(0, new JsonArray("numbers", 0, 0));
        using var graph = file.Read(config);
        Assert.Equal("image", graph.Input.Name);
        Assert.IsType<UnsupportedOp>(graph.Find("numbers")!.Op);
        Assert.IsType<UnsupportedOp>(graph.Find("sum")!.Op);
        Assert.IsType<ActivationOp>(graph.Find("relu")!.Op);
    }

    [Fact]
    public void Read_NestedModels_KeepNamesThatAreTheirOwn()
    {
        var inner = Functional().Layer("ReLU", "relu").Layer("ELU", "only").Config();
        var file = Functional().Layer("ReLU", "relu");
        var config = file.Config();
        var nested = new JsonObject
        {
            ["class_name"] = "Functional",
            ["name"] = "block",
            ["config"] = inner["config"]!.DeepClone(),
            ["inbound_nodes"] = new JsonArray(new JsonArray(new JsonArray("relu", 0, 0, new JsonObject()))),
        };
        config["config"]!["layers"]!.AsArray().Add(nested);
        config["config"]!["output_layers"] = new JsonArray(new JsonArray("block", 1, 0));
        using var graph = file.Read(config);
        Assert.Equal(["image", "relu", "block/relu", "only"], graph.Layers.Select(layer => layer.Name));
        Assert.Equal("only", graph.Find("block")!.Name);
        Assert.Equal(["only"], graph.Outputs);
    }

    [Theory]
    [InlineData("conv/kernel", "has no weights")]
    [InlineData("conv/bias", "needs 2 weights (kernel, bias)")]
    public void Read_MissingWeight_NamesTheLayer(string weight, string reason)
    {
        var file = Functional().Layer("Conv2D", "conv", """{"filters":2,"kernel_size":3}""");
        file = weight == "conv/bias" ? file.Weight("conv/kernel", 3, 3, 3, 2) : file;
        var refusal = Assert.Throws<ModelFormatException>(() => file.Read());
        Assert.Contains("layer 'conv'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WeightOfAnotherShape_NamesLayerAndBothShapes()
    {
        var file = Functional()
            .Layer("Conv2D", "conv", """{"filters":2,"kernel_size":3,"use_bias":false}""").Weight("conv/kernel", 3, 3, 3, 5);
        var refusal = Assert.Throws<ModelFormatException>(() => file.Read());
        const string expected = "layer 'conv': its kernel is (3, 3, 3, 2); the file's 'conv/kernel' is (3, 3, 3, 5)";
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Digest_OtherArchitectureWithTheSameWeights_IsAnother()
    {
        using var relu = Functional().Conv("conv", 3, 2, ""","activation":"relu" """).Read();
        using var tanh = Functional().Conv("conv", 3, 2, ""","activation":"tanh" """).Read();
        using var again = Functional().Conv("conv", 3, 2, ""","activation":"relu" """).Read();
        Assert.NotEqual(relu.Digest, tanh.Digest);
        Assert.Equal(relu.Digest, again.Digest);
    }
}
