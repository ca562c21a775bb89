using System.Buffers.Binary;

namespace CnnViz.Models.Onnx;

/// <summary>
/// The constants of a model: weights in the store, and small tensors of numbers that shapes and sizes are made of.
/// </summary>
/// <param name="bytes">The model's file and those beside it that hold weights.</param>
/// <param name="store">The weights among the constants.</param>
internal sealed class OnnxConstants(ByteSource bytes, WeightStore store)
{
    /// <summary>Largest constant whose values are looked at while reading; shapes, paddings and axes are far smaller.</summary>
    public const int MaxFolded = 65_536;

    /// <summary>Most values that all computed constants together may hold.</summary>
    private const long MaxComputed = 4L * 1024 * 1024;

    private readonly HashSet<string> _added = new(StringComparer.Ordinal);
    private long _computed;

    /// <summary>A tensor of the file as a constant; its values stay there.</summary>
    /// <param name="name">The tensor's name in the graph.</param>
    /// <param name="tensor">Where its values are.</param>
    public OnnxConst Of(string name, OnnxTensor tensor)
    {
        var constant = new OnnxConst(name, tensor.Dims, !OnnxDataType.IsFloating(tensor.DataType));
        return store.Entry(name) is not null ? constant with { Key = name } : constant with { Tensor = tensor };
    }

    public OnnxConst Computed(string name, int[] dims, bool whole, double[] values)
    {
        _computed += values.Length;
        return _computed <= MaxComputed
            ? new OnnxConst(name, dims, whole) { Values = values }
            : throw new ModelFormatException($"its computed constants take more than {MaxComputed} values");
    }

    /// <summary>The values, if there are not too many to look at.</summary>
    public double[] Values(OnnxConst constant)
    {
        if (constant.Values is { } known)
        {
            return known;
        }

        if (constant.Count > MaxFolded)
        {
            throw new UnsupportedNodeException(
                $"constant '{constant.Name}' of {constant.Count} values is too large to compute with");
        }

        if (constant.Key is { } key)
        {
            var values = new float[constant.Count];
            store.Read(key, values);
            return [.. values.Select(value => (double)value)];
        }

        return Decode(constant.Tensor!);
    }

    /// <summary>
    /// Whole numbers; larger ones than 32 bits hold, such as ONNX' "to the end", become the largest that they do.
    /// </summary>
    public int[] Integers(OnnxConst constant) =>
        [.. Values(constant).Select(value => value == Math.Floor(value)
            ? (int)Math.Clamp(value, int.MinValue, int.MaxValue)
            : throw new ModelFormatException($"constant '{constant.Name}' holds {value}, which is no whole number"))];

    public double Scalar(OnnxConst constant) => Values(constant) is [var value]
        ? value
        : throw new ModelFormatException($"constant '{constant.Name}' has {constant.Count} values where one is expected");

    /// <summary>The weight's key, storing values that are no stored weight first.</summary>
    public string Key(OnnxConst constant)
    {
        if (constant.Key is { } key)
        {
            return key;
        }

        if (_added.Add(constant.Name))
        {
            store.AddDerived(constant.Name, constant.Dims, [.. Values(constant).Select(value => (float)value)]);
        }

        return constant.Name;
    }

    /// <summary>The constant with its axes in another order.</summary>
    /// <param name="constant">The constant.</param>
    /// <param name="dims">Its extents, padded with leading 1s to the permutation's length.</param>
    /// <param name="permutation">Result axis i is constant axis permutation[i].</param>
    public OnnxConst Permuted(OnnxConst constant, int[] dims, int[] permutation)
    {
        int[] shape = [.. permutation.Select(axis => dims[axis])];
        var moving = permutation.Where(axis => dims[axis] != 1).ToArray();
        if (moving.SequenceEqual(moving.Order()))
        {
            return constant with { Dims = shape };
        }

        var values = Values(constant);
        var strides = new int[dims.Length];
        for (int i = dims.Length - 1, stride = 1; i >= 0; stride *= dims[i--])
        {
            strides[i] = stride;
        }

        var copy = new double[values.Length];
        for (var i = 0; i < copy.Length; i++)
        {
            var source = 0;
            for (int axis = shape.Length - 1, rest = i; axis >= 0; rest /= shape[axis--])
            {
                source += rest % shape[axis] * strides[permutation[axis]];
            }

            copy[i] = values[source];
        }

        return Computed($"{constant.Name}/permuted_{string.Join('_', permutation)}", shape, constant.Whole, copy);
    }

    private double[] Decode(OnnxTensor tensor)
    {
        var size = OnnxDataType.Size(tensor.DataType);
        if (size == 0)
        {
            throw new UnsupportedNodeException(
                $"constant '{tensor.Name}' is of data type {tensor.DataType}, which is not supported");
        }

        if (tensor.Values is { } listed)
        {
            return listed;
        }

        var raw = new byte[tensor.Count * size];
        bytes.Read(tensor.Stored!.Value.Offset, raw);
        var values = new double[tensor.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var at = raw.AsSpan(i * size);
            values[i] = tensor.DataType switch
            {
                OnnxDataType.Float => BinaryPrimitives.ReadSingleLittleEndian(at),
                OnnxDataType.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(at),
                OnnxDataType.BFloat16 => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(at) << 16),
                OnnxDataType.Double => BinaryPrimitives.ReadDoubleLittleEndian(at),
                OnnxDataType.UInt8 => at[0],
                OnnxDataType.Bool => at[0] == 0 ? 0 : 1,
                OnnxDataType.Int8 => (sbyte)at[0],
                OnnxDataType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(at),
                OnnxDataType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(at),
                OnnxDataType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(at),
                OnnxDataType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(at),
                OnnxDataType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(at),
                _ => BinaryPrimitives.ReadInt64LittleEndian(at),
            };
        }

        return values;
    }
}
