namespace CnnViz.Models.Onnx;

/// <summary>Opens the files that a model's constants lie in and lays the floating-point ones out as weights.</summary>
internal static class OnnxWeights
{
    private const int MaxFiles = 256;

    /// <param name="model">The model's own file; owned by the result.</param>
    /// <param name="directory">The folder that external data must lie in.</param>
    /// <param name="tensors">All constants by name, with offsets within their own files.</param>
    /// <returns>The weights; and the constants with offsets within the bytes of all files.</returns>
    public static (WeightStore Store, ByteSource Bytes, IReadOnlyDictionary<string, OnnxTensor> Tensors) Open(
        ByteSource model, string directory, IReadOnlyDictionary<string, OnnxTensor> tensors)
    {
        var files = new List<ByteSource> { model };
        var starts = new Dictionary<string, (long Start, long Length)>(StringComparer.Ordinal);
        try
        {
            var end = model.Length;
            foreach (var file in tensors.Values.Select(tensor => tensor.File).OfType<string>().Distinct(StringComparer.Ordinal))
            {
                if (files.Count > MaxFiles)
                {
                    throw new ModelFormatException($"its weights lie in more than {MaxFiles} files");
                }

                var source = new FileByteSource(Path.Combine(directory, file));
                files.Add(source);
                starts[file] = (end, source.Length);
                end = checked(end + source.Length);
            }

            var placed = tensors.ToDictionary(
                pair => pair.Key, pair => Place(pair.Value, starts, model.Length), StringComparer.Ordinal);
            var bytes = new ConcatenatedByteSource(files);
            var table = placed.Where(pair => IsWeight(pair.Value)).Select(pair => new StoredTensor(
                pair.Key, pair.Value.Dims, Type(pair.Value.DataType), pair.Value.Stored!.Value.Offset));
            return (new WeightStore(bytes, table), bytes, placed);
        }
        catch
        {
            files.Skip(1).ToList().ForEach(file => file.Dispose());
            throw;
        }
    }

    /// <summary>
    /// Checks that a tensor's values are as many as its shape needs, and finds them within the bytes of all files.
    /// </summary>
    private static OnnxTensor Place(OnnxTensor tensor, Dictionary<string, (long Start, long Length)> starts, long modelLength)
    {
        long count;
        try
        {
            count = tensor.Count;
        }
        catch (OverflowException e)
        {
            throw new ModelFormatException($"tensor '{tensor.Name}' of shape ({string.Join(", ", tensor.Dims)}) is too large", e);
        }

        if (tensor.Stored is not { } stored)
        {
            return tensor.Values!.Length == count || OnnxDataType.Size(tensor.DataType) == 0
                ? tensor
                : throw new ModelFormatException($"tensor '{tensor.Name}' has {tensor.Values.Length} values for {count} places");
        }

        var (start, length) = tensor.File is { } file ? starts[file] : (0, modelLength);
        var given = stored.Length >= 0 ? stored.Length : length - stored.Offset;
        var size = OnnxDataType.Size(tensor.DataType);
        if (stored.Offset < 0 || stored.Offset > length || given > length - stored.Offset)
        {
            throw new ModelFormatException($"tensor '{tensor.Name}' lies beyond its file's end at {length}");
        }

        if (size > 0 && (count > ModelLimits.MaxElements || given != count * size))
        {
            throw new ModelFormatException(
                $"tensor '{tensor.Name}' of shape ({string.Join(", ", tensor.Dims)}) has {given} bytes instead of {count} values of {size}");
        }

        return tensor with { Stored = (start + stored.Offset, given) };
    }

    /// <summary>Weights are read where they lie; other types are numbers that sizes are computed from.</summary>
    private static bool IsWeight(OnnxTensor tensor) =>
        tensor.Stored is not null && tensor.DataType is (OnnxDataType.Float or OnnxDataType.Float16 or OnnxDataType.BFloat16);

    private static StoredType Type(int dataType) => dataType switch
    {
        OnnxDataType.Float16 => StoredType.Float16,
        OnnxDataType.BFloat16 => StoredType.BFloat16,
        _ => StoredType.Float32,
    };
}
