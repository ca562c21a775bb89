using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace CnnViz.Models.Tests.Safetensors;

/// <summary>Writes safetensors files from the format's description, whole or broken.</summary>
internal sealed class SafetensorsFile
{
    private readonly List<string> _entries = [];
    private readonly List<byte> _data = [];

    /// <summary>Adds a tensor of 0s of a type and shape, or of given bytes.</summary>
    public SafetensorsFile Tensor(string name, string type, int[] shape, byte[]? bytes = null)
    {
        var size = type switch { "F64" or "I64" => 8, "F32" or "I32" => 4, "F16" or "BF16" => 2, _ => 1 };
        bytes ??= new byte[shape.Aggregate(size, (product, extent) => product * extent)];
        return Entry(name, type, string.Join(',', shape), _data.Count, _data.Count + bytes.Length, bytes);
    }

    /// <summary>Adds a float32 tensor.</summary>
    public SafetensorsFile Floats(string name, int[] shape, params float[] values) =>
        Tensor(name, "F32", shape, [.. values.SelectMany(BitConverter.GetBytes)]);

    /// <summary>Adds a table entry as it stands, and bytes.</summary>
    public SafetensorsFile Entry(string name, string type, string shape, long begin, long end, byte[] bytes)
    {
        _entries.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"\"{name}\":{{\"dtype\":\"{type}\",\"shape\":[{shape}],\"data_offsets\":[{begin},{end}]}}"));
        _data.AddRange(bytes);
        return this;
    }

    /// <summary>Adds a member of the header as it stands.</summary>
    public SafetensorsFile Raw(string member)
    {
        _entries.Add(member);
        return this;
    }

    /// <summary>Every weight of a network under PyTorch's parameter names, of 0s, with the counts that PyTorch adds.</summary>
    public static SafetensorsFile Of(ModelGraph graph, string prefix = "")
    {
        var file = new SafetensorsFile();
        foreach (var weight in graph.Layers.SelectMany(layer => layer.Weights))
        {
            var layer = weight.Key[..weight.Key.LastIndexOf('/')];
            var suffix = weight.Role switch
            {
                "kernel" or "gamma" => "weight",
                "moving_mean" => "running_mean",
                "moving_variance" => "running_var",
                _ => "bias",
            };
            file.Tensor($"{prefix}{layer}.{suffix}", "F16", [.. weight.Shape]);
            if (weight.Role == "moving_variance")
            {
                file.Tensor($"{prefix}{layer}.num_batches_tracked", "I64", []);
            }
        }

        return file;
    }

    public byte[] Bytes()
    {
        var header = Encoding.UTF8.GetBytes($"{{{string.Join(',', _entries)}}}");
        var bytes = new byte[8 + header.Length + _data.Count];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.CopyTo(bytes, 8);
        _data.CopyTo(bytes, 8 + header.Length);
        return bytes;
    }

    /// <summary>Writes it as model.safetensors into a folder.</summary>
    public string Save(string folder)
    {
        var path = Path.Combine(folder, "model.safetensors");
        File.WriteAllBytes(path, Bytes());
        return path;
    }
}
