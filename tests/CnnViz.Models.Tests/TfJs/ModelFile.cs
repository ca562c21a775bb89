using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace CnnViz.Models.Tests.TfJs;

/// <summary>Writes small TensorFlow.js graph models, node by node.</summary>
internal sealed class ModelFile
{
    private readonly JsonArray _nodes = [];
    private readonly JsonArray _weights = [];
    private readonly List<byte> _bytes = [];

    public ModelFile(params int[] input) =>
        Node("Placeholder", "image", [], ("shape", new JsonObject { ["shape"] = Shape(input) }));

    public static JsonObject Text(string text) => new() { ["s"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) };

    public static JsonObject Texts(params string[] texts) =>
        new() { ["list"] = new JsonObject { ["s"] = new JsonArray([.. texts.Select(text => (JsonNode)Convert.ToBase64String(Encoding.UTF8.GetBytes(text)))]) } };

    public static JsonObject Ints(params int[] values) =>
        new() { ["list"] = new JsonObject { ["i"] = new JsonArray([.. values.Select(value => (JsonNode)$"{value}")]) } };

    public static JsonObject Int(int value) => new() { ["i"] = $"{value}" };

    public static JsonObject Float(float value) => new() { ["f"] = value };

    public static JsonObject Bool(bool value) => new() { ["b"] = value };

    public static JsonObject Shape(params int[] dims) =>
        new() { ["dim"] = new JsonArray([.. dims.Select(dim => (JsonNode)new JsonObject { ["size"] = $"{dim}" })]) };

    public ModelFile Node(string op, string name, string[] inputs, params (string Name, JsonObject Value)[] attributes)
    {
        var attr = new JsonObject();
        foreach (var (key, value) in attributes)
        {
            attr[key] = value;
        }

        _nodes.Add(new JsonObject { ["name"] = name, ["op"] = op, ["input"] = new JsonArray([.. inputs.Select(input => (JsonNode)input)]), ["attr"] = attr });
        return this;
    }

    /// <summary>A convolution; strides and dilation alike on both axes.</summary>
    public ModelFile Conv(
        string name, string input, string kernel, string padding = "VALID", int stride = 1, string op = "Conv2D") =>
        Node(op, name, [input, kernel], ("padding", Text(padding)), ("strides", Ints(1, stride, stride, 1)), ("dilations", Ints(1, 1, 1, 1)), ("data_format", Text("NHWC")));

    public ModelFile Weight(string name, int[] shape, params float[] values)
    {
        var count = shape.Aggregate(1, (product, extent) => product * extent);
        return Stored(name, shape, "float32", null, Enumerable.Range(0, count).SelectMany(i =>
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteSingleLittleEndian(bytes, values.Length == 0 ? i * 0.125f : values[i % values.Length]);
            return bytes;
        }));
    }

    public ModelFile Constant(string name, params int[] values) => Constant(name, [values.Length], values);

    public ModelFile Scalar(string name, int value) => Constant(name, [], [value]);

    public ModelFile Constant(string name, int[] shape, int[] values) =>
        Stored(name, shape, "int32", null, values.SelectMany(value => BitConverter.GetBytes(value)));

    public ModelFile Stored(string name, int[] shape, string dtype, JsonObject? quantization, IEnumerable<byte> bytes)
    {
        Node("Const", name, []);
        var weight = new JsonObject { ["name"] = name, ["shape"] = new JsonArray([.. shape.Select(extent => (JsonNode)extent)]), ["dtype"] = dtype };
        if (quantization is not null)
        {
            weight["quantization"] = quantization;
        }

        _weights.Add(weight);
        _bytes.AddRange(bytes);
        return this;
    }

    public (JsonObject Json, byte[] Bytes) Parts() => (new JsonObject
    {
        ["format"] = "graph-model",
        ["modelTopology"] = new JsonObject { ["node"] = _nodes.DeepClone() },
        ["weightsManifest"] = new JsonArray(
            new JsonObject { ["paths"] = new JsonArray("w.bin"), ["weights"] = _weights.DeepClone() }),
    }, [.. _bytes]);

    /// <summary>Writes the files into a new directory and returns model.json's path.</summary>
    public string Save()
    {
        var (json, bytes) = Parts();
        return Save(json.ToJsonString(), ("w.bin", bytes));
    }

    public static string Save(string json, params (string Name, byte[] Bytes)[] files)
    {
        var directory = Directory.CreateTempSubdirectory("cnnviz-models-").FullName;
        foreach (var (name, bytes) in files)
        {
            File.WriteAllBytes(Path.Combine(directory, name), bytes);
        }

        var path = Path.Combine(directory, "model.json");
        File.WriteAllText(path, json);
        return path;
    }

    public ModelGraph Read(TfJsReadOptions? options = null)
    {
        var path = Save();
        try
        {
            return TfJsGraphReader.Read(path, options);
        }
        finally
        {
            Delete(path);
        }
    }

    /// <summary>Deletes a saved model; a graph that has its files open goes on reading them.</summary>
    public static void Delete(string path) => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
}
