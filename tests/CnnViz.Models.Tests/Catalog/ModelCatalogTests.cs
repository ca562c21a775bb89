using CnnViz.Models.Tests.TfJs;

namespace CnnViz.Models.Tests.Catalog;

public sealed class ModelCatalogTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cnnviz-models-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void List_EmptyOrMissingRoot_ShowsKnownModelsAsMissing()
    {
        using var catalog = ModelCatalog.Open(Path.Combine(_root, "none"), zoo: []);
        var known = KnownModel.All.Select(model => model.Name).ToHashSet(StringComparer.Ordinal);
        var entries = catalog.List().Where(entry => known.Contains(entry.Name)).ToList();
        Assert.Equal(known.Order(StringComparer.Ordinal), entries.Select(entry => entry.Name));
        Assert.All(entries, entry => Assert.False(entry.Installed));
        Assert.Equal("nanodet/nanodet.json", entries.Single(entry => entry.Name == "nanodet").MissingFile);
        var refusal = Assert.Throws<ModelFormatException>(() => catalog.Load("nanodet"));
        Assert.Contains("nanodet/nanodet.json", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_WeightsMissing_NamesThem()
    {
        Directory.CreateDirectory(Path.Combine(_root, "nanodet"));
        File.WriteAllText(Path.Combine(_root, "nanodet", "nanodet.json"), "{}");
        using var catalog = ModelCatalog.Open(_root, zoo: []);
        Assert.Equal("nanodet/nanodet.bin", catalog.List().Single(entry => entry.Name == "nanodet").MissingFile);
    }

    [Fact]
    public void Load_OnnxFile_IsFoundByItsFolderAndByItsPathWhereAllowed()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, "mine")).FullName;
        var path = Path.Combine(folder, "mine.onnx");
        var bytes = new Formats.OnnxFile().Input("x", 1, 3, 8, 8).Node("Relu", "r", ["x"], ["y"]).Output("y").Bytes();
        File.WriteAllBytes(path, bytes);
        using var closed = ModelCatalog.Open(_root, zoo: []);
        Assert.True(closed.List().Single(entry => entry.Name == "mine").Installed);
        Assert.NotNull(closed.Load("mine").Find("r"));
        Assert.Throws<ModelNotFoundException>(() => closed.Load(path));

        using var open = ModelCatalog.Open(Path.Combine(_root, "none"), zoo: [], files: ModelFileAccess.Anywhere);
        var graph = open.Load(path);
        Assert.Equal(path, graph.Name);
        Assert.Same(graph, open.Load(path));
        Assert.Throws<ModelNotFoundException>(() => open.Load(Path.Combine(folder, "gone.onnx")));
        Assert.Throws<ModelNotFoundException>(() => open.Load("mine/mine.onnx"));
        File.WriteAllBytes(Path.Combine(folder, "broken.onnx"), bytes[..20]);
        Assert.Throws<ModelFormatException>(() => open.Load(Path.Combine(folder, "broken.onnx")));
    }

    [Fact]
    public void Load_LayersModelOfTensorFlowJs_IsToldFromAGraphModelByItsContent()
    {
        var (json, bytes) = Keras.LayersModelFile.Functional().Conv("conv", 3, 2).Parts();
        var folder = Directory.CreateDirectory(Path.Combine(_root, "mine")).FullName;
        File.WriteAllBytes(Path.Combine(folder, "model.json"), json);
        File.WriteAllBytes(Path.Combine(folder, "w.bin"), bytes);
        using var catalog = ModelCatalog.Open(_root, zoo: [], files: ModelFileAccess.Anywhere);
        Assert.NotNull(catalog.Load("mine").Find("conv"));
        Assert.NotNull(catalog.Load(Path.Combine(folder, "model.json")).Find("conv"));
    }

    [Hdf5.H5pyTheory]
    [InlineData("mine.h5")]
    [InlineData("mine.keras")]
    public void Load_KerasFile_IsFoundByItsFolderAndByItsPath(string file)
    {
        using var files = new Keras.WeightFiles();
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_root, "mine")).FullName, file);
        File.Copy(files.PathOf($"model{Path.GetExtension(file)}"), path);
        using var catalog = ModelCatalog.Open(_root, zoo: [], files: ModelFileAccess.Anywhere);
        Assert.True(catalog.List().Single(entry => entry.Name == "mine").Installed);
        var graph = catalog.Load("mine");
        Assert.Equal(["image", "conv/preactivation", "conv"], graph.Layers.Select(layer => layer.Name));
        var values = new float[4];
        graph.Weights.Read("conv/bias", values);
        Assert.Equal(Enumerable.Range(0, 4).Select(i => Keras.WeightFiles.Value(0, 1, i)), values);
        Assert.Equal(path, catalog.Load(path).Name);
    }

    [Fact]
    public void Load_OneBrokenModel_HarmsNoOther()
    {
        Install("good", "model.json");
        Install("bad", "bad.json");
        File.WriteAllText(Path.Combine(_root, "bad", "bad.json"), "{ not json");
        using var catalog = ModelCatalog.Open(_root, [], []);
        Assert.Throws<ModelFormatException>(() => catalog.Load("bad"));
        Assert.Equal("good", catalog.Load("good").Name);
        var entries = catalog.List();
        Assert.Equal(["bad", "good"], entries.Select(entry => entry.Name));
        Assert.Contains("not valid JSON", entries[0].LoadError, StringComparison.Ordinal);
        Assert.Null(entries[1].LoadError);
    }

    [Fact]
    public void Load_RepairedModel_LoadsAndForgetsItsError()
    {
        Install("m", "m.json");
        var path = Path.Combine(_root, "m", "m.json");
        var good = File.ReadAllText(path);
        File.WriteAllText(path, "{}");
        using var catalog = ModelCatalog.Open(_root, [], []);
        Assert.Throws<ModelFormatException>(() => catalog.Load("m"));
        File.WriteAllText(path, good);
        Assert.Equal("m", catalog.Load("m").Name);
        Assert.Null(catalog.List()[0].LoadError);
    }

    [Fact]
    public void Load_Concurrently_GivesOneInstance()
    {
        Install("m", "m.json");
        using var catalog = ModelCatalog.Open(_root, [], []);
        var graphs = new ModelGraph[32];
        Parallel.For(0, graphs.Length, i => graphs[i] = catalog.Load("m"));
        Assert.Single(graphs.Distinct());
    }

    [Fact]
    public void Load_UnknownName_SuggestsTheNearest()
    {
        Install("small_net", "model.json");
        using var catalog = ModelCatalog.Open(_root);
        var refusal = Assert.Throws<ModelNotFoundException>(() => catalog.Load("nano-det"));
        Assert.Equal("nanodet", refusal.Suggestions[0]);
        Assert.Contains("did you mean 'nanodet'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../nanodet")]
    [InlineData("nanodet/../nanodet")]
    [InlineData("/etc/passwd")]
    [InlineData("a\\b")]
    [InlineData("nanodet\n")]
    [InlineData("nanodet\0")]
    [InlineData("NanoDet")]
    [InlineData("-nanodet")]
    [InlineData("nänodet")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Load_HostileName_IsRefusedUntouched(string name)
    {
        using var catalog = ModelCatalog.Open(_root);
        var refusal = Assert.Throws<ModelNotFoundException>(() => catalog.Load(name));
        Assert.StartsWith("a model's name is", refusal.Message, StringComparison.Ordinal);
        Assert.False(ModelCatalog.IsValidName(name));
    }

    [Fact]
    public void KnownModels_AreComplete()
    {
        Assert.Equal(80, CocoLabels.All.Distinct().Count());
        Assert.Equal(("person", "toothbrush"), (CocoLabels.All[0], CocoLabels.All[79]));
        Assert.All(KnownModel.All, model => Assert.True(ModelCatalog.IsValidName(model.Name)));
        Assert.All(KnownModel.All, model => Assert.Matches("MIT|Apache|CC0", model.Options.Description));
    }

    [InstalledModelFact("nanodet")]
    public void Load_NanoDet_HasItsPreprocessingAndLabels()
    {
        using var catalog = ModelCatalog.Open(InstalledModels.Root);
        var graph = catalog.Load("nanodet");
        Assert.Equal(
            (ChannelOrder.Bgr, 416, 32, false),
            (graph.Input.Order, graph.Input.Height, graph.Input.SizeMultiple, graph.Input.ChannelsLast));
        Assert.Equal([103.53f, 116.28f, 123.675f], graph.Input.Mean);
        Assert.Equal([57.375f, 57.12f, 58.395f], graph.Input.Std);
        Assert.Equal("cat", graph.Labels[15]);
        Assert.True(catalog.List().Single(entry => entry.Name == "nanodet").Installed);
    }

    private void Install(string name, string file)
    {
        var saved = new ModelFile(1, 8, 8, 3).Weight("k", [1, 1, 3, 2]).Conv("conv", "image", "k").Save();
        Directory.Move(Path.GetDirectoryName(saved)!, Path.Combine(_root, name));
        if (file != "model.json")
        {
            File.Move(Path.Combine(_root, name, "model.json"), Path.Combine(_root, name, file));
        }
    }
}
