using System.Text.Json.Nodes;
using static CnnViz.Models.Tests.TfJs.ModelFile;

namespace CnnViz.Models.Tests.TfJs;

/// <summary>Files that are broken or mean harm: always a <see cref="ModelFormatException"/> that says where and why.</summary>
public sealed class HostileFileTests
{
    private static readonly (string Name, byte[] Bytes) _noWeights = ("w.bin", []);

    /// <summary>Uses most ops that the reader knows.</summary>
    internal static ModelFile Valid() => new ModelFile(1, 8, 8, 3)
        .Weight("n/k", [3, 3, 3, 4]).Weight("n/b", [4]).Weight("n/dk", [3, 3, 4, 1]).Weight("n/fk", [4, 5])
        .Constant("n/pads", [4, 2], [0, 0, 1, 1, 1, 1, 0, 0]).Scalar("n/axis", 3).Constant("n/sizes", 3, 5)
        .Constant("n/big", 8, 8)
        .Constant("n/hw", 1, 2).Constant("n/perm", 0, 3, 1, 2).Constant("n/back", 0, 2, 3, 1).Constant("n/flat", 1, 4)
        .Node("Pad", "n/pad", ["image", "n/pads"]).Conv("n/conv", "n/pad", "n/k", stride: 2)
        .Node("AddV2", "n/add", ["n/conv", "n/b"])
        .Node("LeakyRelu", "n/leaky", ["n/add"], ("alpha", Float(0.1f)))
        .Node("Transpose", "n/t1", ["n/leaky", "n/perm"]).Node("Transpose", "n/t2", ["n/t1", "n/back"])
        .Conv("n/depthwise", "n/t2", "n/dk", "SAME", op: "DepthwiseConv2dNative")
        .Node("ResizeBilinear", "n/up", ["n/depthwise", "n/big"], ("half_pixel_centers", Bool(true)))
        .Node("MaxPool", "n/pool", ["n/up"], ("ksize", Ints(1, 2, 2, 1)), ("strides", Ints(1, 2, 2, 1)), ("padding", Text("SAME")))
        .Node("ConcatV2", "n/cat", ["n/pool", "n/leaky", "n/axis"])
        .Node("SplitV", "n/parts", ["n/cat", "n/sizes", "n/axis"], ("num_split", Int(2)))
        .Node("Mean", "n/mean", ["n/leaky", "n/hw"]).Node("Reshape", "n/flatten", ["n/mean", "n/flat"])
        .Node("MatMul", "n/dense", ["n/flatten", "n/fk"])
        .Node("TopKV2", "n/odd", ["n/dense"]).Node("Relu", "n/last", ["n/odd"]);

    [Fact]
    public void Read_TheValidModel_Works()
    {
        using var graph = Valid().Read();
        Assert.Equal("(8, 4, 4)", ShapeInference.Infer(graph, 8, 8)["cat"].ToString());
        Assert.Equal(2, graph.Layers.Count(layer => layer.Op is UnsupportedOp));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"format":"layers-model","modelTopology":{}}""")]
    [InlineData("""{"modelTopology":{"node":{}},"weightsManifest":[]}""")]
    [InlineData("""{"modelTopology":{"node":[]},"weightsManifest":[]}""")]
    [InlineData("""{"modelTopology":{"node":[3]},"weightsManifest":[]}""")]
    [InlineData("""{"modelTopology":{"node":[{"name":"","op":"Relu"}]},"weightsManifest":[]}""")]
    [InlineData("""{"modelTopology":{"node":[{"name":"a\u0007","op":"Relu"}]},"weightsManifest":[]}""")]
    [InlineData("""{"modelTopology":{"node":[{"name":"\ud800","op":"Relu"}]},"weightsManifest":[]}""")]
    [InlineData("""{"modelTopology":{"node":[{"name":"a","op":"Relu","input":"b"}]},"weightsManifest":[]}""")]
    [InlineData("""{"modelTopology":{"node":[{"name":"a","op":"Relu","input":[7]}]},"weightsManifest":[]}""")]
    [InlineData("""{"modelTopology":{"node":[{"name":"a","op":"Relu","input":["nowhere"]}]},"weightsManifest":[]}""")]
    [InlineData("""{"modelTopology":{"node":[{"name":"a","op":"NoOp"},{"name":"a","op":"NoOp"}]},"weightsManifest":[]}""")]
    public void Read_MalformedTopology_IsRefused(string json) => Refused(json);

    [Fact]
    public void Read_DeepJson_IsRefused()
    {
        Refused(new string('[', 100_000));
        Refused($$"""{"format":"graph-model","modelTopology":{{string.Concat(Enumerable.Repeat("{\"a\":", 1000))}}1{{new string('}', 1000)}}}""");
    }

    [Fact]
    public void Read_Cycle_NamesANodeOnIt()
    {
        var (json, bytes) = new ModelFile(1, 8, 8, 3).Node("AddV2", "a", ["image", "c"]).Node("Relu", "b", ["a"])
            .Node("Relu", "c", ["b"]).Parts();
        Assert.Contains("cycle", Refused(json.ToJsonString(), ("w.bin", bytes)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../w.bin")]
    [InlineData("a/../../w.bin")]
    [InlineData("/etc/hostname")]
    [InlineData("./w.bin")]
    [InlineData("a//w.bin")]
    [InlineData("..\\w.bin")]
    [InlineData("file:///etc/hostname")]
    [InlineData("w.bin\0")]
    [InlineData("")]
    public void Read_ShardOutsideTheDirectory_IsRefused(string path)
    {
        var (json, bytes) = Valid().Parts();
        json["weightsManifest"]![0]!["paths"]![0] = path;
        Assert.Contains("path", Refused(json.ToJsonString(), ("w.bin", bytes)), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingShard_NamesIt()
    {
        var (json, _) = Valid().Parts();
        Assert.Contains("'w.bin'", Refused(json.ToJsonString()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(-100)]
    public void Read_WeightBytesThatDoNotMatch_AreRefused(int surplus)
    {
        var (json, bytes) = Valid().Parts();
        var message = Refused(
            json.ToJsonString(), ("w.bin", [.. bytes.Take(bytes.Length + surplus), .. new byte[Math.Max(0, surplus)]]));
        Assert.Contains($"{bytes.Length} bytes", message, StringComparison.Ordinal);
        Assert.Contains($"{bytes.Length + surplus}", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"w","shape":[2147483647,2147483647,2147483647,2147483647],"dtype":"float32"}""")]
    [InlineData("""{"name":"w","shape":[9223372036854775807],"dtype":"float32"}""")]
    [InlineData("""{"name":"w","shape":[2147483647],"dtype":"float32"}""")]
    [InlineData("""{"name":"w","shape":[-1],"dtype":"float32"}""")]
    [InlineData("""{"name":"w","shape":[1.5],"dtype":"float32"}""")]
    [InlineData("""{"name":"w","shape":[1,1,1,1,1,1,1,1,1],"dtype":"float32"}""")]
    [InlineData("""{"name":"w","shape":[0],"dtype":"string"}""")]
    [InlineData("""{"name":"w","shape":[0]}""")]
    [InlineData("""{"name":"w","dtype":"float32"}""")]
    [InlineData("""{"shape":[0],"dtype":"float32"}""")]
    [InlineData("""{"name":"w","shape":[0],"dtype":"float32","quantization":{"dtype":"uint8","min":0}}""")]
    [InlineData("""{"name":"w","shape":[0],"dtype":"float32","quantization":{"dtype":"uint8","scale":"NaN","min":0}}""")]
    [InlineData("""{"name":"w","shape":[0],"dtype":"float32","quantization":{"dtype":"uint8","scale":1e999,"min":0}}""")]
    [InlineData("""{"name":"w","shape":[0],"dtype":"float32","quantization":{"dtype":"int3"}}""")]
    [InlineData("""{"name":"w","shape":[0],"dtype":"float32","quantization":7}""")]
    public void Read_HostileWeightEntry_IsRefused(string entry)
    {
        var (json, _) = new ModelFile(1, 8, 8, 3).Parts();
        json["weightsManifest"]![0]!["weights"] = new JsonArray(
            JsonNode.Parse(entry.Replace("1e999", "\"Infinity\"", StringComparison.Ordinal)));
        Refused(json.ToJsonString(), _noWeights);
    }

    [Fact]
    public void Read_HugeOrBatchedInput_IsRefused()
    {
        int[][] shapes = [[1, 2_000_000_000, 8, 3], [4, 8, 8, 3], [1, 8, 8, 0], [1, -1, -1, 3], [1, -7, 8, 3]];
        foreach (var shape in shapes)
        {
            var (json, bytes) = new ModelFile(shape).Parts();
            Refused(json.ToJsonString(), ("w.bin", bytes));
        }
    }

    [Fact]
    public void Read_HostileAttributes_AreRefused()
    {
        (string Key, JsonObject Value)[] attributes =
        [
            ("strides", Ints(1, 0, 0, 1)), ("strides", Ints(1, int.MaxValue, 1, 1)), ("strides", Ints(1, 1)),
            ("dilations", Ints(1, int.MaxValue, 1, 1)),
            ("strides", new JsonObject { ["list"] = new JsonObject { ["i"] = new JsonArray("99999999999") } }),
            ("padding", new JsonObject { ["s"] = "%%%" }),
        ];
        foreach (var (key, value) in attributes)
        {
            var (json, bytes) = Valid().Parts();
            var convolution = json["modelTopology"]!["node"]!.AsArray().First(node => (string?)node!["name"] == "n/conv")!;
            convolution["attr"]![key] = value.DeepClone();
            Assert.Contains("n/conv", Refused(json.ToJsonString(), ("w.bin", bytes)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_ManySharedInputs_StaysLinear()
    {
        // Each node doubles the paths to the input; only a reader that walks nodes, not paths, comes back.
        var model = new ModelFile(1, 8, 8, 3).Node("Relu", "n0", ["image"]);
        for (var i = 1; i < 2_000; i++)
        {
            model.Node("AddV2", $"n{i}", [$"n{i - 1}", $"n{i - 1}"]);
        }

        using var graph = model.Read();
        Assert.Equal(2_001, graph.Layers.Count);
    }

    private static string Refused(string json, params (string Name, byte[] Bytes)[] files)
    {
        var path = Save(json, files);
        var message = Assert.Throws<ModelFormatException>(() => TfJsGraphReader.Read(path)).Message;
        Delete(path);
        Assert.StartsWith("model.json: ", message, StringComparison.Ordinal);
        return message;
    }
}
