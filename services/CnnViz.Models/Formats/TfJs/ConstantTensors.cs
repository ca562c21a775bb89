using System.Buffers.Binary;
using System.Text.Json;

namespace CnnViz.Models.TfJs;

/// <summary>Reads constants: from the weight store, or written into the node itself.</summary>
internal sealed class ConstantTensors(WeightStore store)
{
    /// <summary>Largest constant whose values are looked at while reading; shapes, paddings and axes are far smaller.</summary>
    private const int MaxFolded = 65_536;

    private readonly HashSet<string> _added = new(StringComparer.Ordinal);

    public WeightStore Store => store;

    public TfConst Read(NodeDef node)
    {
        if (store.Entry(node.Name) is { } stored)
        {
            return new TfConst(node.Name, [.. stored.Shape], node.Name, null);
        }

        var tensor = node.Message("value", "tensor")
            ?? throw new ModelFormatException($"constant '{node.Name}' is neither among the weights nor written in place");
        return Inline(node.Name, tensor);
    }

    /// <summary>The values, if there are not too many to look at.</summary>
    public double[] Values(TfConst constant)
    {
        if (constant.Computed is { } computed)
        {
            return computed;
        }

        if (constant.Count > MaxFolded)
        {
            throw new UnsupportedNodeException(
                $"constant '{constant.Name}' of {constant.Count} values is too large to compute with");
        }

        if (store.Entry(constant.Key!) is { Type: StoredType.Int32 })
        {
            return [.. store.ReadInt32(constant.Key!).Select(value => (double)value)];
        }

        var values = new float[constant.Count];
        store.Read(constant.Key!, values);
        return [.. values.Select(value => (double)value)];
    }

    public int[] Integers(TfConst constant) =>
        [.. Values(constant).Select(value => value is >= int.MinValue and <= int.MaxValue && value == Math.Floor(value)
            ? (int)value
            : throw new ModelFormatException($"constant '{constant.Name}' holds {value}, which is no 32-bit integer"))];

    public int Integer(TfConst constant) => Integers(constant) is [var value]
        ? value
        : throw new ModelFormatException($"constant '{constant.Name}' has {constant.Count} values where one is expected");

    /// <summary>The weight's key, storing computed values first.</summary>
    public string Key(TfConst constant)
    {
        if (constant.Key is { } key)
        {
            return key;
        }

        if (_added.Add(constant.Name))
        {
            store.AddDerived(constant.Name, constant.Dims, [.. constant.Computed!.Select(value => (float)value)]);
        }

        return constant.Name;
    }

    /// <summary>Stores a reordered copy of a constant and returns its key.</summary>
    /// <param name="constant">The constant.</param>
    /// <param name="dims">Its extents, padded with leading 1s to the permutation's length.</param>
    /// <param name="permutation">Copy axis i is constant axis permutation[i].</param>
    public string Permuted(TfConst constant, int[] dims, int[] permutation)
    {
        var key = $"{constant.Name}/permuted_{string.Join('_', permutation)}";
        if (_added.Add(key))
        {
            var values = Values(constant);
            var strides = new int[dims.Length];
            for (int i = dims.Length - 1, stride = 1; i >= 0; stride *= dims[i--])
            {
                strides[i] = stride;
            }

            int[] shape = [.. permutation.Select(axis => dims[axis])];
            var copy = new float[values.Length];
            for (var i = 0; i < copy.Length; i++)
            {
                var source = 0;
                for (int axis = shape.Length - 1, rest = i; axis >= 0; rest /= shape[axis--])
                {
                    source += rest % shape[axis] * strides[permutation[axis]];
                }

                copy[i] = (float)values[source];
            }

            store.AddDerived(key, shape, copy);
        }

        return key;
    }

    private static TfConst Inline(string name, JsonElement tensor)
    {
        var dims = tensor.TryGetProperty("tensorShape", out var shape)
            ? JsonNumbers.Shape(shape, $"constant '{name}': its shape")
            : [];
        if (dims is null || dims.Any(extent => extent < 0))
        {
            throw new ModelFormatException($"constant '{name}' has no definite shape");
        }

        var count = 1L;
        foreach (var extent in dims)
        {
            count = Math.Min(count * extent, MaxFolded + 1L);
        }

        if (count > MaxFolded)
        {
            throw new ModelFormatException($"constant '{name}' is written in place with over {MaxFolded} values");
        }

        return new TfConst(name, dims, null, InlineValues(name, tensor, (int)count));
    }

    private static double[] InlineValues(string name, JsonElement tensor, int count)
    {
        var type = JsonShape.Text(tensor, "dtype");
        if (JsonShape.Text(tensor, "tensorContent") is { Length: > 0 } content)
        {
            return FromContent(name, type, content, count);
        }

        var field = type switch
        {
            "DT_FLOAT" => "floatVal",
            "DT_DOUBLE" => "doubleVal",
            "DT_INT32" => "intVal",
            "DT_INT64" => "int64Val",
            "DT_BOOL" => "boolVal",
            _ => throw new UnsupportedNodeException($"constant '{name}' is of type {type}"),
        };
        double[] given = tensor.TryGetProperty(field, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(value => value.ValueKind switch
            {
                JsonValueKind.True => 1,
                JsonValueKind.False => 0,
                _ => JsonNumbers.Double(value, $"constant '{name}': a value"),
            })]
            : [];
        if (given.Length > count)
        {
            throw new ModelFormatException($"constant '{name}' has {given.Length} values for {count} places");
        }

        // A TensorProto that gives fewer values repeats the last one; one that gives none is all zero.
        return [.. Enumerable.Range(0, count).Select(i => given.Length == 0 ? 0 : given[Math.Min(i, given.Length - 1)])];
    }

    private static double[] FromContent(string name, string? type, string content, int count)
    {
        var size = type switch
        {
            "DT_FLOAT" or "DT_INT32" => 4,
            "DT_DOUBLE" or "DT_INT64" => 8,
            "DT_BOOL" => 1,
            _ => throw new UnsupportedNodeException($"constant '{name}' is of type {type}"),
        };
        var bytes = new byte[count * size];
        if (!Convert.TryFromBase64String(content, bytes, out var written) || written != bytes.Length)
        {
            throw new ModelFormatException($"constant '{name}': its content is not {bytes.Length} bytes of base64");
        }

        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            var at = bytes.AsSpan(i * size);
            values[i] = type switch
            {
                "DT_FLOAT" => BinaryPrimitives.ReadSingleLittleEndian(at),
                "DT_INT32" => BinaryPrimitives.ReadInt32LittleEndian(at),
                "DT_DOUBLE" => BinaryPrimitives.ReadDoubleLittleEndian(at),
                "DT_INT64" => BinaryPrimitives.ReadInt64LittleEndian(at),
                _ => at[0] == 0 ? 0 : 1,
            };
        }

        return values;
    }
}
