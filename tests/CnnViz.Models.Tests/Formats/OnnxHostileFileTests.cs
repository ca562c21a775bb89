using static CnnViz.Models.Tests.Formats.OnnxFile;

namespace CnnViz.Models.Tests.Formats;

/// <summary>
/// ONNX files that are broken or mean harm: always a <see cref="ModelFormatException"/> that says where and why.
/// </summary>
public sealed class OnnxHostileFileTests
{
    /// <summary>Uses most kinds of op that the reader knows.</summary>
    internal static OnnxFile Valid() => new OnnxFile().Input("x", 1, 3, 8, 8)
        .Weight("w1", 4, 3, 3, 3).Weight("b1", 4).Weight("g", 4).Weight("m", 4).Weight("v", 4).Weight("w2", 4, 2, 2, 2)
        .Weight("w3", 5, 6)
        .Weight("slope", 2, 1, 1).Integers("pads", 0, 0, 1, 1, 0, 0, 1, 1).Integers("parts", 1, 1).Integers("zero", 0)
        .Integers("one", 1)
        .Integers("two", 2).Integers("rest", -1).Floats("scales", [4], 1, 1, 2, 2)
        .Node("Pad", "pad", ["x", "pads"], ["t1"])
        .Node("Conv", "conv", ["t1", "w1", "b1"], ["t2"], Ints("strides", 2, 2), Int("group", 1))
        .Node("BatchNormalization", "norm", ["t2", "g", "b1", "m", "v"], ["t3"], Float("epsilon", 1e-3f))
        .Node("LeakyRelu", "leaky", ["t3"], ["t4"], Float("alpha", 0.1f))
        .Node("ConvTranspose", "up", ["t4", "w2"], ["t5"], Ints("strides", 2, 2), Ints("kernel_shape", 2, 2))
        .Node("MaxPool", "pool", ["t5"], ["t6"], Ints("kernel_shape", 2, 2), Ints("strides", 2, 2), Word("auto_pad", "SAME_UPPER"))
        .Node("PRelu", "prelu", ["t6", "slope"], ["t7"])
        .Node("Resize", "resize", ["t7", "", "scales"], ["t8"], Word("mode", "nearest"))
        .Node("Split", "split", ["t7", "parts"], ["p1", "p2"], Int("axis", 1))
        .Node("Concat", "join", ["p1", "p2", "t4"], ["t9"], Int("axis", 1))
        .Node("GlobalAveragePool", "mean", ["t9"], ["t10"]).Node("Shape", "", ["t10"], ["s1"])
        .Node("Gather", "", ["s1", "zero"], ["s2"])
        .Node("Concat", "", ["s2", "rest"], ["s3"], Int("axis", 0)).Node("Reshape", "flat", ["t10", "s3"], ["t11"])
        .Node("Gemm", "dense", ["t11", "w3"], ["t12"], Int("transB", 1)).Node("Softmax", "soft", ["t12"], ["y"])
        .Node("Slice", "cut", ["t8", "zero", "two", "two"], ["z"]).Node("NonZero", "odd", ["z"], ["o"]).Output("y").Output("z");

    [Fact]
    public void Read_TheValidModel_Works()
    {
        using var graph = Valid().Read();
        var shapes = ShapeInference.Infer(graph, 8, 8);
        Assert.Equal("(5)", shapes["soft"].ToString());
        Assert.Equal("(2, 2, 8)", shapes["cut"].ToString());
        Assert.Single(graph.Layers, layer => layer.Op is UnsupportedOp);
    }

    [Fact]
    public void Read_FileCutOffAnywhere_IsRefused()
    {
        var bytes = Valid().Bytes();
        for (var length = 0; length < bytes.Length; length++)
        {
            Refused(bytes[..length]);
        }
    }

    [Theory]
    [InlineData("../w.bin")]
    [InlineData("a/w.bin")]
    [InlineData("/etc/hostname")]
    [InlineData("..")]
    [InlineData("..\\w.bin")]
    [InlineData("c:w.bin")]
    [InlineData("w.bin\0")]
    [InlineData("")]
    public void Read_ExternalDataOutsideTheFolder_IsRefused(string location)
    {
        var file = new OnnxFile().Input("x", 1, 1, 8, 8).External("w", [1, 1, 1, 1], ("location", location)).Node(
            "Conv", "c", ["x", "w"], ["y"]);
        Assert.Contains("outside the model's own folder", Refused(file.Bytes()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "8")]
    [InlineData("4", "4")]
    [InlineData("-4", "4")]
    [InlineData("9223372036854775807", "4")]
    [InlineData("0", "9223372036854775807")]
    [InlineData("zero", "4")]
    public void Read_ExternalDataThatDoesNotFit_IsRefused(string offset, string length)
    {
        var file = new OnnxFile().Input("x", 1, 1, 8, 8)
            .External("w", [1, 1, 1, 1], ("location", "w.bin"), ("offset", offset), ("length", length))
            .Node("Conv", "c", ["x", "w"], ["y"]);
        Assert.Contains("'w'", Refused(file.Bytes(), ("w.bin", new byte[4])), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingExternalFile_NamesIt()
    {
        var file = new OnnxFile().Input("x", 1, 1, 8, 8).External("w", [1], ("location", "gone.bin"))
            .Node("Add", "c", ["x", "w"], ["y"]);
        Assert.Contains("'gone.bin'", Refused(file.Bytes()), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_HugeClaims_AreRefused()
    {
        var valid = () => new OnnxFile().Input("x", 1, 3, 8, 8);
        Refused(valid().Raw(5, Tensor("w", [int.MaxValue, int.MaxValue, int.MaxValue], 1, Delimited(9, []))).Bytes());
        Refused(valid().Raw(5, Tensor("w", [int.MaxValue], 1, Delimited(9, new byte[8]))).Bytes());
        Refused(valid().Raw(5, [.. Number(1, -1), .. Number(2, 1), .. Text(8, "w")]).Bytes());
        Refused(valid().Raw(5, Tensor("w", [1, 1, 1, 1, 1, 1, 1, 1, 1], 1, Delimited(9, new byte[4]))).Bytes());
        Refused(new OnnxFile().Input("x", 1, 3, 2_000_000_000, 8).Bytes());
        Refused(valid().Integers("n", 65_536, 65_536).Node("ConstantOfShape", "c", ["n"], ["y"]).Node("Resize", "r", ["x", "", "y"], ["z"]).Bytes(), refuses: false);
        Refused(valid().Node("Conv", "c", ["x", "w"], ["y"], Ints("strides", 0, 0)).Weight("w", 1, 3, 1, 1).Bytes());
        Refused(valid().Node("Relu", "a", ["nowhere"], ["y"]).Bytes());
        Refused(valid().Node("Relu", "a", ["x"], ["y"]).Node("Relu", "b", ["x"], ["y"]).Bytes());
        Refused(new OnnxFile(opset: 99).Input("x", 1, 3, 8, 8).Bytes());
    }

    /// <summary>Each level of nesting costs two bytes, so a small file could nest without end.</summary>
    [Fact]
    public void Read_DeepNesting_StaysWithinItsBounds()
    {
        byte[] nested = [];
        for (var i = 0; i < 5_000; i++)
        {
            nested = Delimited(6, nested);
        }

        // A subgraph within a node is skipped without being entered.
        using var graph = new OnnxFile().Input("x", 1, 3, 8, 8)
            .Node("If", "branch", ["x"], ["y"], [.. Text(1, "then_branch"), .. nested]).Read();
        Assert.IsType<UnsupportedOp>(graph.Find("branch")!.Op);
    }

    [Fact]
    public void Read_ManyComputedConstants_StaysWithinItsBudget()
    {
        // Each node makes 65,536 numbers out of nothing; a thousand of them would take half a gigabyte.
        var file = new OnnxFile().Input("x", 1, 3, 8, 8).Integers("n", 65_536);
        for (var i = 0; i < 1_000; i++)
        {
            file.Node("ConstantOfShape", $"c{i}", ["n"], [$"t{i}"]);
        }

        Assert.Contains("computed constants", Refused(file.Bytes()), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ManySharedInputs_StaysLinear()
    {
        var file = new OnnxFile().Input("x", 1, 3, 8, 8).Node("Relu", "n0", ["x"], ["t0"]);
        for (var i = 1; i < 2_000; i++)
        {
            file.Node("Add", $"n{i}", [$"t{i - 1}", $"t{i - 1}"], [$"t{i}"]);
        }

        using var graph = file.Read();
        Assert.Equal(2_001, graph.Layers.Count);
    }

    private static string Refused(byte[] bytes, (string Name, byte[] Bytes)? beside = null, bool refuses = true)
    {
        var path = beside is { } file ? Save(bytes, file) : Save(bytes);
        try
        {
            if (!refuses)
            {
                OnnxGraphReader.Read(path).Dispose();
                return "";
            }

            var message = Assert.Throws<ModelFormatException>(() => OnnxGraphReader.Read(path)).Message;
            Assert.StartsWith("model.onnx: ", message, StringComparison.Ordinal);
            return message;
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }
}
