namespace CnnViz.Models.Onnx;

/// <summary>What of an ONNX file matters here.</summary>
/// <param name="Opset">Version of the default operator set.</param>
/// <param name="Nodes">In the file's order, which ONNX requires to be topological.</param>
/// <param name="Initializers">The graph's constants.</param>
/// <param name="Inputs">The graph's inputs, among which older files also list the initializers.</param>
/// <param name="Outputs">Names of the graph's output tensors.</param>
internal sealed record OnnxModel(
    int Opset,
    IReadOnlyList<OnnxNode> Nodes,
    IReadOnlyList<OnnxTensor> Initializers,
    IReadOnlyList<OnnxInput> Inputs,
    IReadOnlyList<string> Outputs);

/// <summary>A graph input.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="DataType">The element type's number in onnx.proto; 0 when it is no tensor.</param>
/// <param name="Dims">Declared extents, -1 where open; null without a shape.</param>
internal sealed record OnnxInput(string Name, int DataType, IReadOnlyList<int>? Dims);

/// <summary>One node: an op with the tensors it takes and makes.</summary>
/// <param name="Name">The node's name; often empty.</param>
/// <param name="Op">The op type; with its domain before it when that is not ONNX' own.</param>
/// <param name="Inputs">Tensor names; empty where an optional input is left out.</param>
/// <param name="Outputs">Tensor names; empty where an optional output is left out.</param>
/// <param name="Attributes">By name.</param>
internal sealed record OnnxNode(
    string Name,
    string Op,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, OnnxAttribute> Attributes)
{
    /// <summary>How messages call it.</summary>
    public string Title => Name.Length > 0 ? Name : Outputs.FirstOrDefault(output => output.Length > 0) ?? "";

    public bool HasInput(int index) => index < Inputs.Count && Inputs[index].Length > 0;

    public int Int(string name, int fallback) =>
        Attributes.TryGetValue(name, out var attribute) && attribute.Int is { } value ? Clamp(value) : fallback;

    public float Float(string name, float fallback)
    {
        var value = Attributes.TryGetValue(name, out var attribute) && attribute.Float is { } given ? given : fallback;
        return float.IsFinite(value) ? value : throw new ModelFormatException($"its {name} is not finite");
    }

    public string? Text(string name) => Attributes.TryGetValue(name, out var attribute) ? attribute.Text : null;

    /// <summary>Null when the attribute is absent.</summary>
    public int[]? Ints(string name) =>
        Attributes.TryGetValue(name, out var attribute) ? [.. attribute.Ints.Select(bits => Clamp((long)bits))] : null;

    /// <summary>ONNX writes "to the end" as the largest 64-bit number; no extent comes near the 32-bit bound.</summary>
    private static int Clamp(long value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);
}

/// <summary>An attribute's value: one of its fields is set.</summary>
internal sealed record OnnxAttribute(
    float? Float, long? Int, string? Text, OnnxTensor? Tensor, IReadOnlyList<float> Floats, IReadOnlyList<ulong> Ints);

/// <summary>A constant tensor and where its values are.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Dims">Extents; empty for a scalar.</param>
/// <param name="DataType">The element type's number in onnx.proto.</param>
internal sealed record OnnxTensor(string Name, int[] Dims, int DataType)
{
    /// <summary>Values that lie in a file as they are: little-endian, back to back.</summary>
    public (long Offset, long Length)? Stored { get; init; }

    /// <summary>
    /// The file next to the model that <see cref="Stored"/> refers to; null for the model itself. A length of -1 is the rest of
    /// it.
    /// </summary>
    public string? File { get; init; }

    /// <summary>Values written as numbers.</summary>
    public double[]? Values { get; init; }

    public long Count => Dims.Aggregate(1L, (product, extent) => checked(product * extent));
}

/// <summary>The element types' numbers in onnx.proto's TensorProto.DataType.</summary>
internal static class OnnxDataType
{
    public const int Float = 1;
    public const int UInt8 = 2;
    public const int Int8 = 3;
    public const int UInt16 = 4;
    public const int Int16 = 5;
    public const int Int32 = 6;
    public const int Int64 = 7;
    public const int Bool = 9;
    public const int Float16 = 10;
    public const int Double = 11;
    public const int UInt32 = 12;
    public const int UInt64 = 13;
    public const int BFloat16 = 16;

    public static bool IsFloating(int type) => type is Float or Float16 or BFloat16 or Double;

    /// <summary>Bytes per value; 0 for a type that has none here.</summary>
    public static int Size(int type) => type switch
    {
        UInt8 or Int8 or Bool => 1,
        UInt16 or Int16 or Float16 or BFloat16 => 2,
        Float or Int32 or UInt32 => 4,
        Int64 or Double or UInt64 => 8,
        _ => 0,
    };
}
