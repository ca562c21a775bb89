using System.Text;
using System.Text.Json;

namespace CnnViz.Models.TfJs;

/// <summary>A TensorFlow GraphDef as TensorFlow.js stores it in JSON.</summary>
/// <param name="Nodes">In topological order of their data inputs.</param>
/// <param name="Outputs">Tensor names ("node:0") that the signature declares; empty without a signature.</param>
internal sealed record GraphDef(IReadOnlyList<NodeDef> Nodes, IReadOnlyList<string> Outputs);

/// <summary>One node: an op with its input tensors and attributes.</summary>
/// <param name="Name">The node's full name.</param>
/// <param name="Op">TensorFlow's op type, for example "Conv2D".</param>
/// <param name="Inputs">Data inputs, in the op's order.</param>
/// <param name="Attributes">The "attr" object; undefined when there is none.</param>
internal sealed record NodeDef(string Name, string Op, IReadOnlyList<TensorRef> Inputs, JsonElement Attributes)
{
    public float Float(string name, float fallback) =>
        Value(name, "f") is { ValueKind: JsonValueKind.Number } f && f.TryGetSingle(out var value) ? value : fallback;

    public bool Bool(string name) => Value(name, "b") is { ValueKind: JsonValueKind.True };

    public int Int(string name, int fallback) => Value(name, "i") is { } i ? JsonNumbers.Int(i, $"attribute '{name}'") : fallback;

    /// <summary>A bytes attribute as text; TensorFlow.js writes base64.</summary>
    public string? Text(string name) => Value(name, "s") is { } s ? Base64Text(s, name) : null;

    public IReadOnlyList<int> Ints(string name) =>
        List(name, "i") is { } list ? [.. list.EnumerateArray().Select(i => JsonNumbers.Int(i, $"attribute '{name}'"))] : [];

    public IReadOnlyList<string> Texts(string name) =>
        List(name, "s") is { } list ? [.. list.EnumerateArray().Select(s => Base64Text(s, name))] : [];

    /// <summary>The attribute's message field, for example "shape" or "tensor"; null if absent.</summary>
    public JsonElement? Message(string name, string field) =>
        Value(name, field) is { ValueKind: JsonValueKind.Object } value ? value : null;

    private JsonElement? List(string name, string field) =>
        Message(name, "list") is { } list && list.TryGetProperty(field, out var values) && values.ValueKind == JsonValueKind.Array
            ? values
            : null;

    private JsonElement? Value(string name, string field) =>
        Attributes.ValueKind == JsonValueKind.Object
        && Attributes.TryGetProperty(name, out var attribute)
        && attribute.ValueKind == JsonValueKind.Object
        && attribute.TryGetProperty(field, out var value)
            ? value
            : null;

    private static string Base64Text(JsonElement value, string attribute)
    {
        if (value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        throw new ModelFormatException($"attribute '{attribute}' is not base64 text");
    }
}

/// <summary>A node's output by index: "name" or "name:2".</summary>
internal readonly record struct TensorRef(string Node, int Index)
{
    public static TensorRef Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), out var index) && index >= 0
            ? new TensorRef(text[..colon], index)
            : new TensorRef(text, 0);
    }
}
