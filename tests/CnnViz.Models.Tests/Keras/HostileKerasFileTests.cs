using System.IO.Compression;
using System.Text.Json.Nodes;
using CnnViz.Models.Tests.TfJs;
using static CnnViz.Models.Tests.Keras.LayersModelFile;

namespace CnnViz.Models.Tests.Keras;

/// <summary>Files that are broken or mean harm: always a <see cref="ModelFormatException"/> that says where and why.</summary>
public sealed class HostileKerasFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cnnviz-keras-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"class_name":"Functional"}""")]
    [InlineData("""{"class_name":"MyModel","config":{}}""")]
    [InlineData("""{"class_name":"Functional","config":{"name":"n"}}""")]
    [InlineData("""{"class_name":"Functional","config":{"name":"n","layers":[],"input_layers":[],"output_layers":[]}}""")]
    [InlineData("""{"class_name":"Functional","config":{"name":"n","layers":[7],"input_layers":[],"output_layers":[]}}""")]
    [InlineData("""{"class_name":"Sequential","config":[]}""")]
    [InlineData("""{"class_name":"Sequential","config":{"name":"n","layers":[{"class_name":"ReLU","config":{"name":"a"}}]}}""")]
    [InlineData("""{"class_name":"Sequential","config":{"name":"\ud800","layers":[]}}""")]
    public void Read_MalformedConfiguration_IsRefused(string topology) => Refused(topology);

    [Theory]
    [InlineData("""{"name":"a\u0000","batch_input_shape":[null,8,8,3]}""")]
    [InlineData("""{"name":"a","batch_input_shape":[null,8,3]}""")]
    [InlineData("""{"name":"a","batch_input_shape":[null,99999999,8,3]}""")]
    [InlineData("""{"name":"a","batch_input_shape":[1,2,3,4,5,6,7,8,9]}""")]
    public void Read_MalformedInput_IsRefused(string config) =>
        Refused($$"""{"class_name":"Sequential","config":[{"class_name":"ReLU","config":{{config}}}]}""");

    [Theory]
    [InlineData("""{"filters":0,"kernel_size":3}""")]
    [InlineData("""{"filters":-5,"kernel_size":3}""")]
    [InlineData("""{"filters":2147483647,"kernel_size":3}""")]
    [InlineData("""{"filters":2,"kernel_size":[3,3,3]}""")]
    [InlineData("""{"filters":2,"kernel_size":2147483647}""")]
    [InlineData("""{"filters":2,"kernel_size":3,"strides":0}""")]
    [InlineData("""{"filters":2,"kernel_size":3,"strides":"x"}""")]
    [InlineData("""{"filters":2,"kernel_size":3,"dilation_rate":1000000,"padding":"same"}""")]
    [InlineData("""{"filters":2,"kernel_size":3,"groups":0}""")]
    [InlineData("""{"filters":2,"kernel_size":3,"use_bias":3}""")]
    [InlineData("""{"filters":2,"kernel_size":3,"activation":7}""")]
    [InlineData("""{"kernel_size":3}""")]
    public void Read_MalformedConvolution_NamesTheLayer(string config) =>
        Assert.Contains("layer 'conv'", Refused(Functional().Layer("Conv2D", "conv", config)), StringComparison.Ordinal);

    [Theory]
    [InlineData("Reshape", """{"target_shape":[-1,-1]}""")]
    [InlineData("Reshape", """{"target_shape":[2147483647,2147483647,2147483647]}""")]
    [InlineData("Reshape", """{"target_shape":[1,1,1,1,1,1,1,1,1,192]}""")]
    [InlineData("Permute", """{"dims":[1,1,2]}""")]
    [InlineData("Cropping2D", """{"cropping":[[5,5],[0,0]]}""")]
    [InlineData("Cropping2D", """{"cropping":[[-1,0],[0,0]]}""")]
    [InlineData("ZeroPadding2D", """{"padding":1000000}""")]
    [InlineData("UpSampling2D", """{"size":100000}""")]
    [InlineData("Dense", """{"units":0}""")]
    [InlineData("LeakyReLU", """{"alpha":1e300}""")]
    [InlineData("Normalization", """{"axis":-1,"mean":[1,2],"variance":[1,2]}""")]
    [InlineData("Add", "{}")]
    public void Read_MalformedLayer_NamesIt(string kind, string config) =>
        Assert.Contains("layer 'odd'", Refused(Functional().Layer(kind, "odd", config)), StringComparison.Ordinal);

    [Fact]
    public void Read_Circle_NamesALayerOnIt()
    {
        var file = Functional().Layer("Add", "a", "{}", ["image", "b"]).Layer("ReLU", "b");
        Assert.Contains("needs its own output", Refused(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", 0, 0)]
    [InlineData("relu", 7, 0)]
    [InlineData("relu", 0, 3)]
    [InlineData("relu", -1, 0)]
    public void Read_TensorThatIsNotThere_IsRefused(string layer, int call, int output)
    {
        var file = Functional().Layer("ReLU", "relu").Layer("ReLU", "last");
        var config = file.Config();
        config["config"]!["layers"]![2]!["inbound_nodes"]![0]![0] = new JsonArray(layer, call, output, new JsonObject());
        Refused(config.ToJsonString());
    }

    [Fact]
    public void Read_ModelsNestedWithoutEnd_AreRefused()
    {
        var inner = """{"class_name":"ReLU","config":{"name":"relu","batch_input_shape":[null,8,8,3]}}""";
        for (var i = 0; i < 40; i++)
        {
            inner = $$$"""{"class_name":"Sequential","config":{"name":"s{{{i}}}","layers":[{{{inner}}}]}}""";
        }

        Assert.Contains("deep", Refused(inner), StringComparison.Ordinal);
        Refused(string.Concat(Enumerable.Repeat("[", 1000)));
    }

    [Fact]
    public void Read_CallsThatMultiply_AreBounded()
    {
        // Each model calls the next 40 times: 40^8 calls of nothing.
        var config = Functional().Config();
        config["config"]!["output_layers"] = new JsonArray(new JsonArray("image", 0, 0));
        for (var depth = 0; depth < 8; depth++)
        {
            var inside = config["config"]!.DeepClone();
            var nested = new JsonObject { ["class_name"] = "Functional", ["name"] = "n", ["config"] = inside };
            var calls = new JsonArray();
            for (var i = 0; i < 40; i++)
            {
                calls.Add(new JsonArray(new JsonArray(i == 0 ? "image" : "n", Math.Max(0, i - 1), 0, new JsonObject())));
            }

            nested["inbound_nodes"] = calls;
            config = Functional().Config();
            config["config"]!["layers"]!.AsArray().Add(nested);
            config["config"]!["output_layers"] = new JsonArray(new JsonArray("n", 39, 0));
        }

        Assert.Contains("called more than", Refused(config.ToJsonString()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PK")]
    [InlineData("PK\u0003\u0004 and then nothing of an archive")]
    public void Read_NoArchive_IsRefused(string text)
    {
        var path = Path.Combine(_folder, "model.keras");
        File.WriteAllText(path, text);
        Assert.Contains("model.keras", Refuse(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ArchiveWithoutItsParts_SaysWhichIsMissing()
    {
        Assert.Contains("config.json", Refuse(Archive(("../config.json", "{}"u8.ToArray()))), StringComparison.Ordinal);
        Assert.Contains("model.weights.h5", Refuse(Archive(("config.json", "{}"u8.ToArray()))), StringComparison.Ordinal);
        var two = Archive(("config.json", "{}"u8.ToArray()), ("config.json", "{}"u8.ToArray()));
        Assert.Contains("same name", Refuse(two), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ArchiveBomb_IsRefusedBeforeItIsInflated()
    {
        var path = Archive(("config.json", new byte[80 << 20]), ("model.weights.h5", []));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("config.json", Refuse(path), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);

        // The directory says little, the data is much.
        var bytes = File.ReadAllBytes(Archive(("config.json", new byte[1 << 20]), ("model.weights.h5", [])));
        var directory = bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(directory + 24), 1000);
        var lying = Path.Combine(_folder, "lying.keras");
        File.WriteAllBytes(lying, bytes);
        Assert.Contains("declares", Refuse(lying), StringComparison.Ordinal);
    }

    /// <summary>Names are compared, not followed: none of these is the configuration, and nothing is written anywhere.</summary>
    [Theory]
    [InlineData("../config.json")]
    [InlineData("/config.json")]
    [InlineData("./config.json")]
    [InlineData("a/../config.json")]
    [InlineData("config.json\0")]
    [InlineData("CONFIG.JSON")]
    public void Read_ArchiveWithNamesThatArePaths_TakesNoneOfThem(string name)
    {
        var before = Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_folder)!, "config.json").Count();
        Assert.Contains("config.json", Refuse(Archive((name, "{}"u8.ToArray()), ("model.weights.h5", [1]))), StringComparison.Ordinal);
        Assert.Equal(before, Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_folder)!, "config.json").Count());
    }

    /// <summary>
    /// Fields of the directory's entry for config.json: offsets from its signature, by PKWARE's APPNOTE 4.3.12.
    /// </summary>
    [Theory]
    [InlineData(8, 1, "encrypted")]
    [InlineData(10, 9, "compressed by method 9")]
    [InlineData(10, 99, "compressed by method 99")]
    [InlineData(20, 1, "declares")]
    [InlineData(20, 1_000_000, "reaches behind")]
    [InlineData(24, 2_000_000_000, "config.json")]
    [InlineData(24, 3, "declares")]
    [InlineData(42, 1_000_000, "reaches behind")]
    [InlineData(42, 1, "damaged at byte 1")]
    [InlineData(28, 60_000, "reaches behind")]
    public void Read_ArchiveWhoseDirectoryLies_IsRefusedByName(int field, int value, string reason)
    {
        var bytes = File.ReadAllBytes(Archive(("config.json", new byte[5000]), ("model.weights.h5", [1])));
        var entry = bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);
        if (field is 8 or 10 or 28)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(entry + field), (ushort)value);
        }
        else
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(entry + field), value);
        }

        Assert.Contains(reason, Refuse(Save(bytes)), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ArchiveWhoseEndRecordLies_IsRefused()
    {
        var valid = File.ReadAllBytes(Archive(("config.json", "{}"u8.ToArray()), ("model.weights.h5", [1])));
        var end = valid.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        (int Field, ushort Value, string Reason)[] lies =
            [(10, 3, "directory"), (10, 5000, "more than"), (10, 65535, "ZIP64"), (16, 65000, "directory")];
        foreach (var (field, value, reason) in lies)
        {
            var bytes = valid.ToArray();
            BitConverter.TryWriteBytes(bytes.AsSpan(end + field), value);
            Assert.Contains(reason, Refuse(Save(bytes)), StringComparison.Ordinal);
        }

        // A comment that is an end record of its own, of an archive without entries.
        byte[] hidden = [.. valid, .. "PK\u0005\u0006"u8, .. new byte[18]];
        Assert.Contains("config.json", Refuse(Save(hidden)), StringComparison.Ordinal);
    }

    /// <summary>Forty entries that share one compressed gigabyte: none that is not asked for is inflated.</summary>
    [Fact]
    public void Read_ArchiveOfBombsThatNobodyNeeds_CostsNothing()
    {
        List<(string, byte[])> entries = [("config.json", "{}"u8.ToArray()), ("model.weights.h5", [1])];
        entries.AddRange(Enumerable.Range(0, 40).Select(i => ($"assets/{i}", new byte[1 << 20])));
        var path = Archive([.. entries]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refuse(path);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private string Save(byte[] bytes)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():n}.keras");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private string Archive(params (string Name, byte[] Bytes)[] entries)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():n}.keras");
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, bytes) in entries)
        {
            using var stream = archive.CreateEntry(name).Open();
            stream.Write(bytes);
        }

        return path;
    }

    private static string Refused(LayersModelFile file) => Refused(file.Config().ToJsonString());

    private static string Refused(string topology)
    {
        var path = ModelFile.Save(
            $$"""{"format":"layers-model","modelTopology":{{topology}},"weightsManifest":[{"paths":["w.bin"],"weights":[]}]}""",
            ("w.bin", []));
        try
        {
            return Refuse(path);
        }
        finally
        {
            ModelFile.Delete(path);
        }
    }

    private static string Refuse(string path)
    {
        var refusal = Assert.Throws<ModelFormatException>(() => KerasModelReader.Read(path));
        Assert.StartsWith(Path.GetFileName(path), refusal.Message, StringComparison.Ordinal);
        return refusal.Message;
    }
}
