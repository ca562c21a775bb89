using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace CnnViz.Models.Tests.Formats;

/// <summary>Writes small ONNX files by the field numbers of onnx.proto.</summary>
internal sealed class OnnxFile(int opset = 13)
{
    private readonly List<byte[]> _graph = [];
    private readonly List<byte[]> _extra = [];

    public OnnxFile Input(string name, params int[] dims) => Add(11, ValueInfo(name, dims));

    public OnnxFile Output(string name) => Add(12, ValueInfo(name, []));

    public OnnxFile Node(string op, string name, string[] inputs, string[] outputs, params byte[][] attributes) => Add(1, [
        .. inputs.SelectMany(input => Text(1, input)), .. outputs.SelectMany(output => Text(2, output)), .. Text(3, name),
        .. Text(4, op),
        .. attributes.SelectMany(attribute => Delimited(5, attribute))]);

    public OnnxFile Weight(string name, params int[] dims)
    {
        var count = dims.Aggregate(1, (product, extent) => product * extent);
        return Floats(name, dims, [.. Enumerable.Range(0, count).Select(i => ((i * 7 % 13) - 6) / 10f)]);
    }

    public OnnxFile Floats(string name, int[] dims, params float[] values) =>
        Add(5, Tensor(name, dims, 1, Delimited(9, MemoryMarshal.AsBytes<float>(values).ToArray())));

    public OnnxFile Integers(string name, params long[] values) =>
        Add(5, Tensor(name, [values.Length], 7, Delimited(9, MemoryMarshal.AsBytes<long>(values).ToArray())));

    /// <summary>Values in a file beside the model.</summary>
    public OnnxFile External(string name, int[] dims, params (string Key, string Value)[] places) =>
        Add(5, Tensor(name, dims, 1, [
        .. places.SelectMany(place => Delimited(13, [.. Text(1, place.Key), .. Text(2, place.Value)])), .. Number(14, 1)]));

    public OnnxFile Raw(int field, byte[] content) => Add(field, content);

    /// <summary>A field of the model itself.</summary>
    public OnnxFile Model(byte[] field)
    {
        _extra.Add(field);
        return this;
    }

    public byte[] Bytes() =>
        [.. Number(1, 8), .. Delimited(8, Number(2, opset)), .. Delimited(7, [.. _graph.SelectMany(part => part)]), .. _extra.SelectMany(part => part)];

    public ModelGraph Read(ModelReadOptions? options = null)
    {
        var path = Save(Bytes());
        try
        {
            return OnnxGraphReader.Read(path, options);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A file of its own in a folder of its own.</summary>
    public static string Save(byte[] bytes, params (string Name, byte[] Bytes)[] beside)
    {
        var folder = Directory.CreateTempSubdirectory("cnnviz-onnx-").FullName;
        foreach (var (name, content) in beside)
        {
            File.WriteAllBytes(Path.Combine(folder, name), content);
        }

        var path = Path.Combine(folder, "model.onnx");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public static byte[] Tensor(string name, int[] dims, int type, byte[] values) =>
        [.. dims.SelectMany(extent => Number(1, extent)), .. Number(2, type), .. Text(8, name), .. values];

    public static byte[] Ints(string name, params int[] values) =>
        [.. Text(1, name), .. values.SelectMany(value => Number(8, value)), .. Number(20, 7)];

    public static byte[] Int(string name, long value) => [.. Text(1, name), .. Number(3, value), .. Number(20, 2)];

    public static byte[] Float(string name, float value)
    {
        var bytes = new byte[5];
        bytes[0] = (2 << 3) | 5;
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(1), value);
        return [.. Text(1, name), .. bytes, .. Number(20, 1)];
    }

    public static byte[] Word(string name, string value) => [.. Text(1, name), .. Text(4, value), .. Number(20, 3)];

    public static byte[] Value(string name, byte[] tensor) => [.. Text(1, name), .. Delimited(5, tensor), .. Number(20, 4)];

    public static byte[] Text(int field, string value) => Delimited(field, Encoding.UTF8.GetBytes(value));

    public static byte[] Number(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    public static byte[] Delimited(int field, byte[] content) =>
        [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] ValueInfo(string name, int[] dims)
    {
        byte[] shape = [.. dims.SelectMany(extent => Delimited(1, extent < 0 ? Text(2, "any") : Number(1, extent)))];
        return [.. Text(1, name), .. Delimited(2, Delimited(1, [.. Number(1, 1), .. Delimited(2, shape)]))];
    }

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)((value & 0x7F) | 0x80));
        }

        return [.. bytes, (byte)value];
    }

    private OnnxFile Add(int field, byte[] content)
    {
        _graph.Add(Delimited(field, content));
        return this;
    }
}
