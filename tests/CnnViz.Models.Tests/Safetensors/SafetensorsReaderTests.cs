using CnnViz.Tests.Shared;

namespace CnnViz.Models.Tests.Safetensors;

public sealed class SafetensorsReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("F64", new byte[] { 0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0xC0 })]
    [InlineData("F32", new byte[] { 0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0 })]
    [InlineData("F16", new byte[] { 0, 0x3E, 0, 0xC0 })]
    [InlineData("BF16", new byte[] { 0xC0, 0x3F, 0, 0xC0 })]
    public void Read_FloatTypes_HaveTheirValues(string type, byte[] bytes)
    {
        var path = new SafetensorsFile().Tensor("conv/kernel", type, [1, 1, 1, 2], bytes).Floats("conv/bias", [2], 3, 4)
            .Save(_folder.Path);
        using var graph = SafetensorsReader.Read(path, Network(2));
        Assert.Equal([1.5f, -2f], Values(graph, "conv/kernel"));
        Assert.Equal([3f, 4f], Values(graph, "conv/bias"));
        Assert.False(graph.Untrained);
        Assert.Equal(("weights from model.safetensors", "model.safetensors"), (graph.Description, graph.WeightsFile));
    }

    [Fact]
    public void Read_PreprocessingGiven_TakesThePlaceOfTheNetworks()
    {
        var path = new SafetensorsFile().Floats("conv/kernel", [1, 1, 1, 2], 1, 2).Floats("conv/bias", [2], 3, 4).Save(_folder.Path);
        using var network = Network(2);
        using var silent = SafetensorsReader.Read(path, network, new ModelReadOptions { Labels = ["one"] });
        Assert.Equal(network.Input, silent.Input);
        Assert.Equal(["one"], silent.Labels);
        using var told = SafetensorsReader.Read(path, Network(2), new ModelReadOptions { Std = [3], ClassLayer = "conv" });
        Assert.All(told.Input.Std, std => Assert.Equal(3, std));
        Assert.All(told.Input.Mean, mean => Assert.Equal(0, mean));
        Assert.Equal("conv", told.DeclaredClassLayer);
    }

    /// <summary>PyTorch has (out, in, kh, kw), Keras (kh, kw, in, out): the name tells which the tensor is.</summary>
    [Fact]
    public void Read_PyTorchsNamesIntoAKerasNetwork_KeepTheirAxisOrder()
    {
        var path = new SafetensorsFile().Floats("conv.weight", [2, 1, 1, 1], 5, 6).Floats("conv.bias", [2], 7, 8)
            .Save(_folder.Path);
        using var graph = SafetensorsReader.Read(path, Network(2));
        var kernel = graph.Find("conv")!.Weight("kernel")!;
        Assert.Equal((WeightLayout.Oihw, new KernelShape(2, 1, 1, 1)), (kernel.Layout, KernelShape.Of(kernel)));
        Assert.Equal([2, 1, 1, 1], graph.Weights.ShapeOf(kernel.Key));
        Assert.Equal([5f, 6f], Values(graph, kernel.Key));
    }

    [Fact]
    public void Read_DenseBehindChannelsLastFlatten_IsRefusedUnderPyTorchsName()
    {
        var builder = new KerasModelBuilder(Graph.Graphs.Input() with { Height = 2, Width = 2 });
        builder.Flatten("flatten");
        builder.Dense("dense", 2);
        var inputs = builder.ShapeOf("flatten").Channels;
        var path = new SafetensorsFile().Tensor("dense.weight", "F32", [2, inputs]).Tensor("dense.bias", "F32", [2])
            .Save(_folder.Path);
        var message = Assert.Throws<ModelFormatException>(() => SafetensorsReader.Read(path, builder.Build("m"))).Message;
        Assert.Contains("flattens channels last", message, StringComparison.Ordinal);
        path = new SafetensorsFile().Tensor("dense/kernel", "F32", [inputs, 2]).Tensor("dense/bias", "F32", [2])
            .Save(_folder.Path);
        SafetensorsReader.Read(path, builder.Build("m")).Dispose();
    }

    [Theory]
    [InlineData("resnet18-torchvision", "")]
    [InlineData("resnet50-torchvision", "module.")]
    [InlineData("resnet34-torchvision", "model.")]
    [InlineData("mobilenetv2-notop", "")]
    [InlineData("mobilenetv2", "")]
    [InlineData("squeezenet", "")]
    public void Read_WeightsOfAZooNetwork_FindTheirNetwork(string name, string prefix)
    {
        var zoo = ZooModel.All.Single(model => model.Name == name);
        var path = SafetensorsFile.Of(Torch(zoo.Build()), prefix).Save(_folder.Path);
        using var graph = SafetensorsReader.Read(path, new ModelReadOptions { Name = "mine" });
        Assert.Equal(("mine", $"{zoo.Architecture}; weights from model.safetensors"), (graph.Name, graph.Description));
        Assert.False(graph.Untrained);
        Assert.Equal(64, graph.Digest.Length);
    }

    /// <summary>EfficientNet's rescalings are no weights: they stay the network's own.</summary>
    [Fact]
    public void Read_NetworkWithConstants_KeepsThem()
    {
        var zoo = ZooModel.All.Single(model => model.Name == "efficientnetb0-notop");
        var file = new SafetensorsFile();
        var weights = zoo.Build().Layers.SelectMany(layer => layer.Weights);
        foreach (var weight in weights.Where(weight => weight.Role is not ("constant" or "count")))
        {
            file.Tensor(weight.Key, "F16", [.. weight.Shape]);
        }

        using var graph = SafetensorsReader.Read(file.Save(_folder.Path));
        Assert.StartsWith(zoo.Architecture, graph.Description, StringComparison.Ordinal);
        Assert.Equal([1 / 255f], Values(graph, "rescaling/constant"));
        Assert.Equal([0f, 0f, 0f], Values(graph, "normalization/variance"));
    }

    [Fact]
    public void Read_TopInAFileForTheNetworkWithoutTop_IsTakenOnlyByName()
    {
        var path = SafetensorsFile.Of(Torch(Zoo("squeezenet"))).Save(_folder.Path);
        using var graph = SafetensorsReader.Read(path, architecture: "squeezenet-notop");
        Assert.Equal("fire9/concat", graph.Outputs.Single());
    }

    [Fact]
    public void Read_WeightsOfNoNetwork_NameTheNearestAndWhatDoesNotFit()
    {
        var torch = Torch(Zoo("resnet18-torchvision"));
        var layers = torch.Layers.Select(
            layer => layer.Name == "fc" ? layer with { Weights = [layer.Weights[0] with { Shape = [10, 512] }] } : layer);
        var file = SafetensorsFile.Of(new ModelGraph("m", torch.Input, [.. layers], torch.Weights));
        var message = Assert.Throws<ModelFormatException>(() => SafetensorsReader.Read(file.Save(_folder.Path))).Message;
        Assert.StartsWith("model.safetensors: ", message, StringComparison.Ordinal);
        Assert.Contains("'resnet18-torchvision'", message, StringComparison.Ordinal);
        Assert.Contains("'fc.weight' has shape (10, 512); 'fc/kernel' needs (1000, 512)", message, StringComparison.Ordinal);
        var path = new SafetensorsFile().Tensor("somewhere", "F32", [1]).Save(_folder.Path);
        message = Assert.Throws<ModelFormatException>(() => SafetensorsReader.Read(path)).Message;
        Assert.Contains("names of no network", message, StringComparison.Ordinal);
        message = Assert.Throws<ModelFormatException>(() => SafetensorsReader.Read(path, architecture: "resnet5")).Message;
        Assert.Contains("did you mean", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FolderNamedAfterAZooNetwork_TakesItsWeightsOrSaysWhoseTheyAre()
    {
        var file = SafetensorsFile.Of(Torch(Zoo("resnet18-torchvision")));
        foreach (var name in new[] { "resnet18-torchvision", "mine", "resnet50" })
        {
            file.Save(Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName);
        }

        using var catalog = ModelCatalog.Open(_folder.Path);
        var entry = catalog.List().Single(model => model.Name == "resnet18-torchvision");
        Assert.Equal((true, false), (entry.Installed, entry.Untrained));
        Assert.Equal("ResNet18 as torchvision builds it, with its classifier; weights from model.safetensors", entry.Description);
        Assert.Equal(entry.Description, catalog.Load("resnet18-torchvision").Description);
        Assert.Equal(entry.Description, catalog.Load("mine").Description);
        var message = Assert.Throws<ModelFormatException>(() => catalog.Load("resnet50")).Message;
        Assert.Contains("are for 'resnet18-torchvision', not for 'resnet50'", message, StringComparison.Ordinal);
    }

    /// <summary>A pickle is never opened: what stands in it does not matter.</summary>
    [Theory]
    [InlineData("model.pth")]
    [InlineData("model.pt")]
    [InlineData("mine.ckpt")]
    public void Load_Pickle_SaysHowToConvert(string file)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.Path, "mine")).FullName, file);
        File.WriteAllText(path, "never read");
        using var catalog = ModelCatalog.Open(_folder.Path, files: ModelFileAccess.Anywhere);
        foreach (var name in new[] { "mine", path })
        {
            var message = Assert.Throws<ModelFormatException>(() => catalog.Load(name)).Message;
            Assert.StartsWith($"{file}: ", message, StringComparison.Ordinal);
            Assert.Contains("safetensors.torch", message, StringComparison.Ordinal);
            Assert.Contains("torch.onnx.export", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(new byte[] { (byte)'P', (byte)'K', 3, 4, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x80, 2, 0x7D, 0x71, 0, 0x28, 0x58, 0, 0, 0 })]
    public void Read_PickleUnderAnotherName_SaysHowToConvert(byte[] bytes)
    {
        var path = Path.Combine(_folder.Path, "model.safetensors");
        File.WriteAllBytes(path, bytes);
        var message = Assert.Throws<ModelFormatException>(() => SafetensorsReader.Read(path)).Message;
        Assert.Contains("pickles", message, StringComparison.Ordinal);
    }

    private static ModelGraph Zoo(string name) => ZooModel.All.Single(model => model.Name == name).Build();

    /// <summary>The network as PyTorch would store it: kernels in its axis order.</summary>
    private static ModelGraph Torch(ModelGraph graph) => new(
        graph.Name,
        graph.Input,
        [
            .. graph.Layers.Select(
                layer => layer with { Weights = [.. layer.Weights.Select(weight => InTorchOrder(layer, weight))] }),
        ],
        graph.Weights);

    private static LayerWeight InTorchOrder(Layer layer, LayerWeight weight)
    {
        if (layer.Op is Conv2DOp && weight.Role == "kernel")
        {
            var kernel = KernelShape.Of(weight);
            return weight with { Shape = [kernel.Out, kernel.InPerGroup, kernel.Height, kernel.Width] };
        }

        return weight.Layout == WeightLayout.Plain && weight.Shape.Count == 2
            ? weight with { Shape = [weight.Shape[1], weight.Shape[0]] }
            : weight;
    }

    private static ModelGraph Network(int filters)
    {
        var builder = new KerasModelBuilder(Graph.Graphs.Input(channels: 1));
        builder.Conv2D("conv", filters, Size2D.One);
        return builder.Build("m");
    }

    private static float[] Values(ModelGraph graph, string key)
    {
        var values = new float[graph.Weights.ShapeOf(key).Aggregate(1, (product, extent) => product * extent)];
        graph.Weights.Read(key, values);
        return values;
    }
}
