using System.Text.Json;
using CnnViz.Models.TfJs;

namespace CnnViz.Models.Keras;

/// <summary>Shapes with the batch first, where a configuration declares them; -1 stands for an open extent.</summary>
internal static class KerasShapes
{
    /// <summary>The input shape in a layer's config: Keras 2's batch_input_shape, Keras 3's batch_shape; null if none.</summary>
    public static IReadOnlyList<int>? Declared(JsonElement config, string where) =>
        Read(config, "batch_input_shape", where) ?? Read(config, "batch_shape", where);

    /// <summary>The shape a Sequential model was built for; null if the file does not tell.</summary>
    public static IReadOnlyList<int>? BuildShape(JsonElement config) =>
        Read(config, "build_input_shape", "its build_input_shape") ?? Read(config, "batch_input_shape", "its batch_input_shape");

    private static int[]? Read(JsonElement config, string member, string where)
    {
        if (config.ValueKind != JsonValueKind.Object || !config.TryGetProperty(member, out var shape)
            || shape.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        if (shape.GetArrayLength() is 0 or > ModelLimits.MaxRank)
        {
            throw new ModelFormatException($"{where}: {member} has {shape.GetArrayLength()} extents");
        }

        var what = $"{where}: an extent of {member}";
        return
        [
            .. shape.EnumerateArray().Select(
                extent => extent.ValueKind == JsonValueKind.Null ? -1 : JsonNumbers.Int(extent, what)),
        ];
    }
}
