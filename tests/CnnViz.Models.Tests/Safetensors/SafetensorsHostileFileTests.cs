using System.Buffers.Binary;
using System.Text;
using CnnViz.Tests.Shared;

namespace CnnViz.Models.Tests.Safetensors;

/// <summary>
/// Safetensors files that are broken or mean harm: always a <see cref="ModelFormatException"/> that says where and why.
/// </summary>
public sealed class SafetensorsHostileFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Every type that is read, one that is passed over, and metadata.</summary>
    internal static SafetensorsFile Valid() => new SafetensorsFile().Raw("\"__metadata__\":{\"format\":\"pt\"}")
        .Tensor("conv.weight", "F16", [4, 3, 3, 3]).Tensor("conv.bias", "F32", [4])
        .Tensor("bn.weight", "F64", [4]).Tensor("bn.bias", "BF16", [4])
        .Tensor("bn.running_mean", "F32", [4]).Tensor("bn.running_var", "F32", [4]).Tensor("bn.num_batches_tracked", "I64", []);

    /// <summary>The network whose weights <see cref="Valid"/> holds.</summary>
    internal static ModelGraph Network()
    {
        var builder = new KerasModelBuilder(Graph.Graphs.Input());
        builder.Conv2D("conv", 4, new Size2D(3, 3));
        builder.BatchNormalization("bn");
        return builder.Build("m");
    }

    [Fact]
    public void Read_TheValidFile_Works()
    {
        using var graph = SafetensorsReader.Read(Valid().Save(_folder.Path), Network());
        Assert.Equal(64, graph.Digest.Length);
        Assert.Equal((4 * 27 * 2) + (4 * 4) + (4 * 8) + (4 * 2) + (8 * 4), graph.Weights.StoredBytes);
    }

    [Fact]
    public void Read_FileCutOffAnywhere_IsRefused()
    {
        var bytes = Valid().Bytes();
        for (var length = 0; length < bytes.Length; length++)
        {
            Refused(bytes[..length]);
        }

        Assert.Contains("behind the header", Refused([.. bytes, 0]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(17_000_000)]
    [InlineData(1)]
    public void Read_HeaderOfAnotherLength_IsRefused(long length)
    {
        var bytes = Valid().Bytes();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        Refused(bytes);
    }

    [Theory]
    [InlineData("2", 0, 8, "belong to no tensor", 4)]
    [InlineData("2", 4, 12, "within another", 0)]
    [InlineData("2", 8, 12, "data_offsets", 0)]
    [InlineData("2", 8, 0, "data_offsets", 0)]
    [InlineData("2", 9223372036854775800, 9223372036854775807, "data_offsets", 0)]
    [InlineData("2147483648", 8, 16, "shape", 0)]
    [InlineData("2147483647,2147483647,2147483647", 8, 16, "out of range", 0)]
    [InlineData("-1", 8, 16, "whole numbers", 0)]
    [InlineData("1.5", 8, 16, "whole numbers", 0)]
    [InlineData("1e999", 8, 16, "whole numbers", 0)]
    [InlineData("\"2\"", 8, 16, "whole numbers", 0)]
    [InlineData("1,1,1,1,1,1,1,1,2", 8, 16, "at most 8", 0)]
    public void Read_TensorThatDoesNotFit_IsRefused(string shape, long begin, long end, string part, int gap)
    {
        // The first tensor takes the bytes 0 to 8; a gap moves both.
        var file = new SafetensorsFile();
        file = gap > 0
            ? file.Entry("a", "F32", "2", gap, gap + 8, new byte[8])
                .Raw("\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]}")
            : file.Entry("a", "F32", "2", 0, 8, new byte[8]).Entry("b", "F32", shape, begin, end, new byte[8]);
        Assert.Contains(part, Refused(file.Bytes()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"a\":{}", "lacks")]
    [InlineData("\"a\":[]", "not an object")]
    [InlineData("\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0]}", "lacks")]
    [InlineData("\"a\":{\"dtype\":\"F33\",\"shape\":[],\"data_offsets\":[0,4]}", "F33")]
    [InlineData("\"a\":{\"dtype\":7,\"shape\":[],\"data_offsets\":[0,4]}", "not a text")]
    [InlineData("\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0],\"code\":1}", "other than")]
    [InlineData("\"\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}", "empty")]
    [InlineData("\"a\\u0000\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}", "control")]
    [InlineData("\"a\\ud800\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}", "malformed")]
    [InlineData("\"__metadata__\":[]", "not an object")]
    [InlineData("\"__metadata__\":{\"a\":[[[[[[[[[[1]]]]]]]]]]}", "not valid JSON")]
    public void Read_MalformedTable_IsRefused(string member, string part) =>
        Assert.Contains(part, Refused(new SafetensorsFile().Raw(member).Bytes()), StringComparison.Ordinal);

    [Fact]
    public void Read_TwoTensorsOfOneName_IsRefused()
    {
        var file = new SafetensorsFile().Tensor("a", "F32", [1]).Tensor("a", "F32", [1]);
        Assert.Contains("two tensors are named 'a'", Refused(file.Bytes()), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TooManyTensors_IsRefused()
    {
        var header = new StringBuilder("{");
        for (var i = 0; i < 65_537; i++)
        {
            header.Append(i == 0 ? "" : ",").Append($"\"{i}\":{{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}");
        }

        var text = Encoding.UTF8.GetBytes(header.Append('}').ToString());
        var bytes = new byte[8 + text.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, text.Length);
        text.CopyTo(bytes, 8);
        Assert.Contains("more than 65536 tensors", Refused(bytes), StringComparison.Ordinal);
    }

    private string Refused(byte[] bytes)
    {
        var path = Path.Combine(_folder.Path, "model.safetensors");
        File.WriteAllBytes(path, bytes);
        var message = Assert.Throws<ModelFormatException>(() => SafetensorsReader.Read(path, Network())).Message;
        Assert.StartsWith("model.safetensors: ", message, StringComparison.Ordinal);
        return message;
    }
}
