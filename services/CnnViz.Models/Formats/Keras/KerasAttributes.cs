using System.Text.Json;
using CnnViz.Models.TfJs;

namespace CnnViz.Models.Keras;

/// <summary>A layer's parameters, typed; absent ones have Keras' defaults, which the caller names.</summary>
internal readonly struct KerasAttributes(JsonElement config)
{
    /// <summary>The member, an array of Keras 3 as its values; null where it is absent or null.</summary>
    public JsonElement? Get(string name)
    {
        if (config.ValueKind != JsonValueKind.Object || !config.TryGetProperty(name, out var value)
            || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return JsonShape.Text(value, "class_name") is "__numpy__" or "__tensor__"
            && JsonShape.Optional(value, "config") is { } inner && inner.TryGetProperty("value", out var values)
                ? values
                : value;
    }

    public string? Text(string name) => JsonShape.Text(config, name);

    public int Int(string name, int? absent = null) => Get(name) is { } value
        ? JsonNumbers.Int(value, $"its {name}")
        : absent ?? throw new ModelFormatException($"it has no {name}");

    public bool Bool(string name, bool absent) => Get(name) is { } value
        ? value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new ModelFormatException($"its {name} is neither true nor false"),
        }
        : absent;

    public float Float(string name, float absent) => OptionalFloat(name) ?? absent;

    /// <summary>A finite number; null where the member is absent or null.</summary>
    public float? OptionalFloat(string name) => Get(name) is { } value ? Float(value, name) : null;

    /// <summary>One number or a list of them.</summary>
    public float[] Floats(string name, float absent) => Get(name) switch
    {
        null => [absent],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(value => Float(value, name))],
        { } value => [Float(value, name)],
    };

    public int[] Ints(string name) => Get(name) is { ValueKind: JsonValueKind.Array } list
        ? list.GetArrayLength() <= ModelLimits.MaxRank
            ? [.. list.EnumerateArray().Select(value => JsonNumbers.Int(value, $"a value of its {name}"))]
            : throw new ModelFormatException($"its {name} has {list.GetArrayLength()} values, over {ModelLimits.MaxRank}")
        : throw new ModelFormatException($"it has no list {name}");

    /// <summary>One or two whole numbers: height and width.</summary>
    public Size2D Size(string name, Size2D? absent = null)
    {
        if (Get(name) is not { } value)
        {
            return absent ?? throw new ModelFormatException($"it has no {name}");
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            var both = JsonNumbers.Int(value, $"its {name}");
            return new Size2D(both, both);
        }

        return Ints(name) switch
        {
            [var both] => new Size2D(both, both),
            [var height, var width] => new Size2D(height, width),
            _ => throw new ModelFormatException($"its {name} has {value.GetArrayLength()} values for two axes"),
        };
    }

    /// <summary>Cells on each side: one number, two for height and width, or ((top, bottom), (left, right)).</summary>
    public Padding2D Sides(string name)
    {
        if (Get(name) is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() != 2)
        {
            var both = Size(name);
            return new Padding2D(both.Height, both.Height, both.Width, both.Width);
        }

        var (rows, columns) = (Pair(list[0], name), Pair(list[1], name));
        return new Padding2D(rows.First, rows.Second, columns.First, columns.Second);
    }

    /// <exception cref="UnsupportedNodeException">It is neither valid nor same.</exception>
    public KerasPadding Padding() => Text("padding")?.ToLowerInvariant() switch
    {
        null or "valid" => KerasPadding.Valid,
        "same" => KerasPadding.Same,
        var other => throw new UnsupportedNodeException($"its padding is '{KerasConfigReader.Shortened(other)}'"),
    };

    private static (int First, int Second) Pair(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            var both = JsonNumbers.Int(value, $"a value of its {name}");
            return (both, both);
        }

        return value.GetArrayLength() == 2
            ? (JsonNumbers.Int(value[0], $"a value of its {name}"), JsonNumbers.Int(value[1], $"a value of its {name}"))
            : throw new ModelFormatException($"its {name} does not give two sides per axis");
    }

    private static float Float(JsonElement value, string name)
    {
        var single = (float)JsonNumbers.Double(value, $"its {name}");
        return float.IsFinite(single) ? single : throw new ModelFormatException($"its {name} is no finite number");
    }
}
