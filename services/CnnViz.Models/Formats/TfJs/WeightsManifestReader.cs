using System.Text.Json;

namespace CnnViz.Models.TfJs;

/// <summary>
/// Opens the weights that model.json's "weightsManifest" describes: groups of shards; within a group the shards form one run of
/// bytes in the order listed, and the weights lie in it back to back.
/// </summary>
internal static class WeightsManifestReader
{
    private const int MaxShards = 4_096;

    /// <param name="root">model.json.</param>
    /// <param name="directory">The directory that shard paths are relative to and must stay within.</param>
    public static WeightStore Read(JsonElement root, string directory)
    {
        var manifest = JsonShape.Array(root, "weightsManifest", "model.json");
        var tensors = new List<StoredTensor>();
        var shards = new List<ByteSource>();
        try
        {
            var groupStart = 0L;
            var index = 0;
            foreach (var group in manifest.EnumerateArray())
            {
                var where = $"weightsManifest[{index++}]";
                var available = OpenShards(JsonShape.Array(group, "paths", where), directory, where, shards);
                var needed = Lay(JsonShape.Array(group, "weights", where), where, groupStart, tensors);
                if (needed != available)
                {
                    throw new ModelFormatException($"{where}: its weights take {needed} bytes; its files have {available}");
                }

                groupStart = checked(groupStart + available);
            }

            return new WeightStore(new ConcatenatedByteSource(shards), tensors);
        }
        catch
        {
            shards.ForEach(shard => shard.Dispose());
            throw;
        }
    }

    private static long OpenShards(JsonElement paths, string directory, string where, List<ByteSource> shards)
    {
        var length = 0L;
        foreach (var path in paths.EnumerateArray())
        {
            if (shards.Count >= MaxShards)
            {
                throw new ModelFormatException($"{where}: more than {MaxShards} weight files");
            }

            var shard = new FileByteSource(Resolve(path, directory, where));
            shards.Add(shard);
            length = checked(length + shard.Length);
        }

        return length;
    }

    /// <summary>
    /// A shard's path must be relative and stay within the model's directory: a model file must not read others.
    /// </summary>
    private static string Resolve(JsonElement path, string directory, string where)
    {
        var text = path.ValueKind == JsonValueKind.String ? path.GetString()! : "";
        var segments = text.Split('/');
        if (text.Length is 0 or > ModelLimits.MaxNameLength
            || text.Any(c => char.IsControl(c) || c is '\\' or ':')
            || segments.Any(segment => segment is "" or "." or ".."))
        {
            throw new ModelFormatException(
                $"{where}: a weight file's path is not a plain relative path within the model's directory");
        }

        var full = Path.GetFullPath(Path.Combine(directory, text));
        var root = Path.GetFullPath(directory);
        return full.StartsWith(
            root.EndsWith(Path.DirectorySeparatorChar) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? full
            : throw new ModelFormatException($"{where}: a weight file lies outside the model's directory");
    }

    private static long Lay(JsonElement weights, string where, long start, List<StoredTensor> tensors)
    {
        var offset = start;
        foreach (var weight in weights.EnumerateArray())
        {
            if (tensors.Count >= ModelLimits.MaxLayers)
            {
                throw new ModelFormatException($"{where}: more than {ModelLimits.MaxLayers} weights");
            }

            var tensor = ReadTensor(weight, where, offset);
            try
            {
                offset = checked(offset + tensor.ByteLength);
            }
            catch (OverflowException e)
            {
                throw new ModelFormatException(
                    $"{where}: weight '{tensor.Key}' of shape ({string.Join(", ", tensor.Shape)}) is too large", e);
            }

            tensors.Add(tensor);
        }

        return offset - start;
    }

    private static StoredTensor ReadTensor(JsonElement weight, string where, long offset)
    {
        var name = JsonShape.Name(weight, "name", where);
        where = $"{where}: weight '{name}'";
        var shape = JsonShape.Array(weight, "shape", where);
        if (shape.GetArrayLength() > ModelLimits.MaxRank)
        {
            throw new ModelFormatException($"{where} has rank {shape.GetArrayLength()}, over {ModelLimits.MaxRank}");
        }

        int[] dims = [.. shape.EnumerateArray().Select(extent => JsonNumbers.Int(extent, $"{where}: an extent"))];
        if (dims.Any(extent => extent < 0))
        {
            throw new ModelFormatException($"{where} has shape ({string.Join(", ", dims)})");
        }

        var declared = JsonShape.Text(weight, "dtype") ?? throw new ModelFormatException($"{where} has no dtype");
        if (declared is not ("float32" or "int32" or "bool"))
        {
            throw new ModelFormatException(
                $"{where} has dtype '{declared[..Math.Min(32, declared.Length)]}'; float32, int32 and bool are supported");
        }

        if (!weight.TryGetProperty("quantization", out var quantization))
        {
            var type = declared switch { "float32" => StoredType.Float32, "int32" => StoredType.Int32, _ => StoredType.Bool };
            return new StoredTensor(name, dims, type, offset);
        }

        return Quantized(
            quantization, new StoredTensor(name, dims, StoredType.Float16, offset) { Rounded = declared == "int32" }, where);
    }

    private static StoredTensor Quantized(JsonElement quantization, StoredTensor tensor, string where)
    {
        var stored = JsonShape.Text(quantization, "dtype");
        return stored switch
        {
            "float16" when !tensor.Rounded => tensor,
            "uint8" or "uint16" => tensor with
            {
                Type = stored == "uint8" ? StoredType.UInt8 : StoredType.UInt16,
                Scale = Parameter("scale"),
                Minimum = Parameter("min"),
            },
            _ => throw new ModelFormatException($"{where} is quantised to something other than float16, uint8 and uint16"),
        };

        double Parameter(string name) => quantization.TryGetProperty(name, out var value)
            ? JsonNumbers.Double(value, $"{where}: quantisation {name}")
            : throw new ModelFormatException($"{where}: quantisation has no {name}");
    }
}
