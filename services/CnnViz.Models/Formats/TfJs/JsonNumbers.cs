using System.Globalization;
using System.Text.Json;

namespace CnnViz.Models.TfJs;

/// <summary>Numbers as TensorFlow's JSON writes them: 64-bit integers are strings.</summary>
internal static class JsonNumbers
{
    public static long Long(JsonElement value, string what) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out var number) => number,
        JsonValueKind.String when long.TryParse(
            value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new ModelFormatException($"{what} is not an integer"),
    };

    public static int Int(JsonElement value, string what) => Long(value, what) switch
    {
        >= int.MinValue and <= int.MaxValue and var number => (int)number,
        var number => throw new ModelFormatException($"{what} is {number}, which is out of range"),
    };

    public static double Double(JsonElement value, string what) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDouble(out var number) => number,
        JsonValueKind.String when double.TryParse(
            value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new ModelFormatException($"{what} is not a number"),
    };

    /// <summary>A TensorShapeProto's extents; -1 where unknown. Null for an unknown rank.</summary>
    public static int[]? Shape(JsonElement shape, string what)
    {
        if (shape.ValueKind != JsonValueKind.Object
            || (shape.TryGetProperty("unknownRank", out var unknown) && unknown.ValueKind == JsonValueKind.True))
        {
            return null;
        }

        if (!shape.TryGetProperty("dim", out var dims) || dims.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        // Protocol buffers' JSON leaves out fields at their default, so a dim without a size has extent 0.
        var extents = dims.EnumerateArray()
            .Select(dim => dim.ValueKind == JsonValueKind.Object && dim.TryGetProperty("size", out var size) ? Int(size, what) : 0)
            .ToArray();
        return extents.Length <= ModelLimits.MaxRank && extents.All(extent => extent >= -1)
            ? extents
            : throw new ModelFormatException($"{what} is no shape");
    }
}
