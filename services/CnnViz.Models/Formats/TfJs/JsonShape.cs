using System.Text.Json;

namespace CnnViz.Models.TfJs;

/// <summary>Typed access to JSON members; what is not there or of another kind is a format error that says where.</summary>
internal static class JsonShape
{
    public static JsonElement Object(JsonElement parent, string name, string where = "model.json") =>
        Optional(parent, name) ?? throw new ModelFormatException($"{where} has no object '{name}'");

    /// <summary>The member if it is an object, else null.</summary>
    public static JsonElement? Optional(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Object
            ? value
            : null;

    public static JsonElement Array(JsonElement parent, string name, string where) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Array
            ? value
            : throw new ModelFormatException($"{where} has no list '{name}'");

    /// <summary>The member if it is a string, else null.</summary>
    public static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>A name: 1 to <see cref="ModelLimits.MaxNameLength"/> characters, none of them a control character.</summary>
    public static string Name(JsonElement parent, string name, string where)
    {
        var text = Text(parent, name) ?? throw new ModelFormatException($"{where} has no text '{name}'");
        return text.Length is > 0 and <= ModelLimits.MaxNameLength && !text.Any(char.IsControl)
            ? text
            : throw new ModelFormatException($"{where}: '{name}' is empty, too long or has control characters");
    }
}
