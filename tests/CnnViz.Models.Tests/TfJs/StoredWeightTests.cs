using static CnnViz.Models.Tests.TfJs.ModelFile;

namespace CnnViz.Models.Tests.TfJs;

/// <summary>Weights as the files store them.</summary>
public sealed class StoredWeightTests
{
    [Fact]
    public void Read_QuantisedAndShardedWeights_AreDequantised()
    {
        var (json, _) = new ModelFile(1, 8, 8, 1).Weight("k", [1, 1, 1, 2]).Weight("b", [2]).Conv("conv", "image", "k")
            .Node("BiasAdd", "bias", ["conv", "b"]).Parts();
        var group = json["weightsManifest"]![0]!;
        group["paths"] = new System.Text.Json.Nodes.JsonArray("1.bin", "2.bin");
        group["weights"]![0]!["quantization"] =
            new System.Text.Json.Nodes.JsonObject { ["dtype"] = "uint16", ["scale"] = 0.5, ["min"] = -1.0 };
        group["weights"]![1]!["quantization"] = new System.Text.Json.Nodes.JsonObject { ["dtype"] = "float16" };
        var path = Save(json.ToJsonString(), ("1.bin", [4, 0, 6]), ("2.bin", [0, 0, 0x3C, 0, 0xC0]));
        using var graph = TfJsGraphReader.Read(path);
        Delete(path);
        var layer = graph.Find("bias")!;
        Assert.Equal([1f, 2f], graph.ValuesOf(layer.Weight("kernel")!));
        Assert.Equal([1f, -2f], graph.ValuesOf(layer.Weight("bias")!));
        Assert.Equal(8, graph.Weights.StoredBytes);
    }

    [Fact]
    public void Read_InlineConstants_AreRead()
    {
        var tensor = new System.Text.Json.Nodes.JsonObject
        {
            ["tensor"] = new System.Text.Json.Nodes.JsonObject { ["dtype"] = "DT_INT32", ["tensorShape"] = ModelFile.Shape(2), ["tensorContent"] = "AQAAAAIAAAA=" },
        };
        using var graph = new ModelFile(1, 8, 8, 1).Node("Const", "axes", [], ("value", tensor))
            .Node("Mean", "mean", ["image", "axes"]).Read();
        Assert.Equal("(1)", graph.ShapeOf("mean"));
    }
}
