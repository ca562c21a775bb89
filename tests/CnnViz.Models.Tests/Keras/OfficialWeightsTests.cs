using System.Security.Cryptography;
using CnnViz.Models.Tests.Hdf5;

namespace CnnViz.Models.Tests.Keras;

/// <summary>Weights alone, in the layouts of Keras Applications' files, into networks that are there.</summary>
public sealed class OfficialWeightsTests(WeightFiles files) : IClassFixture<WeightFiles>, IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cnnviz-models-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [H5pyTheory]
    [InlineData("small.old.h5")]
    [InlineData("small.new.h5")]
    [InlineData("small.whole.h5")]
    [InlineData("small.numbered.h5")]
    public void Read_EveryLayout_PutsEveryValueInItsPlace(string file)
    {
        using var network = WeightFiles.Network();
        Assert.True(network.Untrained);
        using var graph = KerasWeightsReader.Read(files.PathOf(file), network);
        Assert.False(graph.Untrained);
        Assert.Equal(file, graph.WeightsFile);
        Assert.Equal(network.Input, graph.Input);
        (string Layer, int Index)[] layers = [("block1_conv1", 0), ("block1_bn", 1), ("block2_conv1", 3), ("predictions", 5)];
        foreach (var (name, index) in layers)
        {
            var weights = graph.ListingOf(graph.Find(name)!).Weights;
            for (var array = 0; array < weights.Count; array++)
            {
                var values = new float[weights[array].ElementCount];
                graph.Weights.Read(weights[array].Key, values);
                Assert.Equal(Enumerable.Range(0, values.Length).Select(i => WeightFiles.Value(index, array, i)), values);
            }
        }

        // Factors that are part of the network stay.
        var factor = new float[1];
        graph.Weights.Read("scaled/constant", factor);
        Assert.Equal(2, factor[0]);
        Assert.NotEqual(network.Digest, graph.Digest);
    }

    [H5pyFact]
    public void Read_AnotherShape_NamesLayerAndBothShapes()
    {
        var refusal = Refusal("small.wrong.h5");
        Assert.Equal(
            "small.wrong.h5: layer 'block2_conv1': its kernel is (3, 3, 4, 5); "
                + "the file's 'block2_conv1/block2_conv1/kernel:0' is (3, 3, 4, 6)",
            refusal);
    }

    [H5pyFact]
    public void Read_FileWithoutALayer_NamesTheLayer()
    {
        const string expected = "layer 'predictions' needs kernel, bias; the file has no weights for it";
        Assert.Contains(expected, Refusal("small.short.h5"), StringComparison.Ordinal);
    }

    [H5pyFact]
    public void Read_WeightsAloneAsAModel_SaysWhatIsMissing()
    {
        var refusal = Assert.Throws<ModelFormatException>(() => KerasModelReader.Read(files.PathOf("small.new.h5")));
        Assert.Contains("weights alone", refusal.Message, StringComparison.Ordinal);
    }

    [H5pyFact]
    public void Load_OfficialFileInTheModelRoot_StandsInForInitialWeightsWhileItIsThere()
    {
        const string file = "vgg16_weights_tf_dim_ordering_tf_kernels.h5";
        using var catalog = ModelCatalog.Open(_root, known: []);
        Assert.True(catalog.Load("vgg16-notop").Untrained);
        Assert.True(catalog.List().Single(entry => entry.Name == "vgg16-notop").Untrained);

        // A file of other shapes than VGG16's is told by its first layer.
        File.Copy(files.PathOf("small.new.h5"), Path.Combine(_root, file));
        var refusal = Assert.Throws<ModelFormatException>(() => catalog.Load("vgg16-notop"));
        Assert.StartsWith(
            $"{file}: layer 'block1_conv1': its kernel is (3, 3, 3, 64)", refusal.Message, StringComparison.Ordinal);
        var entry = catalog.List().Single(model => model.Name == "vgg16-notop");
        Assert.False(entry.Untrained);
        Assert.Equal(file, entry.WeightsFile);
        Assert.Contains(file, entry.Description, StringComparison.Ordinal);
        Assert.Equal(refusal.Message, entry.LoadError);

        File.Delete(Path.Combine(_root, file));
        Assert.True(catalog.Load("vgg16-notop").Untrained);
    }

    /// <summary>What the product or its person checked once, holds from then on.</summary>
    [H5pyFact]
    public void Load_OfficialFileWithAReceipt_IsHeldToIt()
    {
        const string file = "vgg16_weights_tf_dim_ordering_tf_kernels.h5";
        var path = Path.Combine(_root, file);
        File.Copy(files.PathOf("small.new.h5"), path);
        var receipt = new WeightReceipt
        {
            Address = "https://a.example/x",
            Bytes = new FileInfo(path).Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))),
            Digests = [new PublishedDigest("md5", new string('0', 32))],
            Licence = "none",
            Since = new DateTimeOffset(2025, 3, 1, 12, 0, 0, TimeSpan.Zero),
            Downloaded = true,
        };
        receipt.Write(path);
        using var catalog = ModelCatalog.Open(_root, known: []);

        // The right bytes get as far as the network, whose shapes they do not have.
        Assert.Contains("block1_conv1", Assert.Throws<ModelFormatException>(() => catalog.Load("vgg16")).Message, StringComparison.Ordinal);

        File.AppendAllText(path, "x");
        var refusal = Assert.Throws<ModelFormatException>(() => catalog.Load("vgg16")).Message;
        Assert.Contains("is not the file that was checked on 2025-03-01", refusal, StringComparison.Ordinal);
        Assert.Contains(receipt.Sha256, refusal, StringComparison.Ordinal);
        Assert.Contains($"'{file}.pulled.json'", refusal, StringComparison.Ordinal);
    }

    [H5pyFact]
    public void Read_PreprocessingGiven_TakesThePlaceOfTheNetworks()
    {
        var path = files.PathOf("small.new.h5");
        var options = new ModelReadOptions { Order = ChannelOrder.Bgr, Mean = [7, 8, 9], SizeMultiple = 4 };
        using var told = KerasWeightsReader.Read(path, WeightFiles.Network(), options);
        Assert.Equal((ChannelOrder.Bgr, 4), (told.Input.Order, told.Input.SizeMultiple));
        Assert.Equal([7f, 8f, 9f], told.Input.Mean);
        Assert.Equal([255f, 255f, 255f], told.Input.Std);

        var gray = Assert.Throws<ModelFormatException>(
            () => KerasWeightsReader.Read(path, WeightFiles.Network(), new ModelReadOptions { Order = ChannelOrder.Gray }));
        Assert.Contains("has 3 channels", gray.Message, StringComparison.Ordinal);
        var two = Assert.Throws<ModelFormatException>(
            () => KerasWeightsReader.Read(path, WeightFiles.Network(), new ModelReadOptions { Mean = [1, 2] }));
        Assert.Contains("2 mean values were given for 3 channels", two.Message, StringComparison.Ordinal);
    }

    [H5pyFact]
    public void Load_FullSizeOfficialFile_IsReadInPlace()
    {
        const string file = "vgg16_weights_tf_dim_ordering_tf_kernels.h5";
        WeightFiles.Write(_root, "--vgg16");
        Assert.InRange(new FileInfo(Path.Combine(_root, file)).Length, 553_000_000, 554_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var catalog = ModelCatalog.Open(_root, known: []);
        var graph = catalog.Load("vgg16");
        Assert.False(graph.Untrained);
        Assert.Equal(file, graph.WeightsFile);
        Assert.Equal(138_357_544, ModelSummary.Create(graph, 224, 224).TotalParameters);
        Assert.Equal(4 * 138_357_544L, graph.Weights.StoredBytes);
        Assert.Equal(64, graph.Digest.Length);

        // Nothing of the values is held before they are asked for, by the digest either.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 << 20);
        var values = new float[25088 * 4096];
        graph.Weights.Read("fc1/kernel", values);
        Assert.Equal(WeightFiles.Value(13, 0, values.Length - 1), values[^1]);
        Assert.Equal(WeightFiles.Value(13, 0, 12_345_678), values[12_345_678]);

        // Without the classifier the same file serves.
        Assert.False(catalog.Load("vgg16-notop").Untrained);
    }

    private string Refusal(string file) => Assert.Throws<ModelFormatException>(
        () => KerasWeightsReader.Read(files.PathOf(file), WeightFiles.Network())).Message;

    [Fact]
    public void FilesOf_NetworksOfKerasApplications_GoBothWays()
    {
        foreach (var network in ZooModel.All.Select(model => model.Name))
        {
            var official = OfficialWeights.FilesOf(network);
            Assert.All(official.Take(1), file => Assert.Equal(network, OfficialWeights.NetworkOf(file)));
            var ending = network.EndsWith("-torchvision", StringComparison.Ordinal) ? ".tv_in1k.safetensors" : ".h5";
            Assert.All(official, file => Assert.EndsWith(ending, file, StringComparison.Ordinal));
        }

        Assert.Equal(["resnet50v2_weights_tf_dim_ordering_tf_kernels.h5"], OfficialWeights.FilesOf("resnet50v2"));
        Assert.Equal("resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5", OfficialWeights.FilesOf("resnet50v2-notop")[0]);
        Assert.Empty(OfficialWeights.FilesOf("smiley"));
        Assert.Null(OfficialWeights.NetworkOf("model.h5"));
        Assert.Null(OfficialWeights.NetworkOf("resnet99.tv_in1k.safetensors"));
    }
}
