using System.Text;
using System.Text.Json.Nodes;
using CnnViz.Models.Tests.Formats;
using CnnViz.Models.Tests.Safetensors;
using CnnViz.Models.Tests.TfJs;
using CnnViz.Tests.Shared;

namespace CnnViz.Models.Tests.Fuzz;

/// <summary>What is fuzzed. A new reader needs a row here: a small valid model that uses most of the format, and real ones.</summary>
internal static class FuzzTable
{
    /// <summary>Small enough for every test run.</summary>
    public static IReadOnlyList<FuzzSubject> Small { get; } =
    [
        new("ONNX, most ops", OnnxFiles, ByteDamage.Apply, Onnx),
        new("TensorFlow.js, most ops, bytes", TfJsFiles, ByteDamage.Apply, TfJs),
        new("TensorFlow.js, most ops, structure", TfJsFiles, Structure, TfJs),
        .. KerasFuzz.Small,
        new("safetensors, every type", SafetensorsFiles, Header, Safetensors),
    ];

    /// <summary>Real networks, for long runs; those that are not installed are left out.</summary>
    public static IReadOnlyList<FuzzSubject> Real { get; } =
    [
        .. Installed("ONNX", ByteDamage.Apply, Onnx, "mlsd/mlsd.onnx"),
        .. Installed("ONNX", ByteDamage.Apply, Onnx, "ppocr-det/ppocr-det.onnx"),
        .. Installed("TensorFlow.js", Structure, TfJs, "nanodet/nanodet.json", "nanodet/nanodet.bin"),
        .. Installed("TensorFlow.js", Structure, TfJs, "fashion-cnn/model.json", "fashion-cnn/weights.bin"),
    ];

    private static ModelGraph Onnx(string path) => OnnxGraphReader.Read(path);

    private static ModelGraph TfJs(string path) => TfJsGraphReader.Read(path);

    private static ModelGraph Safetensors(string path) => SafetensorsReader.Read(path, SafetensorsHostileFileTests.Network());

    private static IReadOnlyList<(string Name, byte[] Bytes)> SafetensorsFiles() =>
        [("model.safetensors", SafetensorsHostileFileTests.Valid().Bytes())];

    /// <summary>Damages the table alone, three times of four: the values behind it cannot be wrong.</summary>
    private static byte[] Header(byte[] bytes, Random random)
    {
        var end = random.Next(4) == 0 ? bytes.Length : Math.Min(bytes.Length, 8 + bytes[8..].AsSpan().LastIndexOf((byte)'}') + 1);
        return [.. ByteDamage.Apply(bytes[..end], random), .. bytes[end..]];
    }

    private static IReadOnlyList<(string Name, byte[] Bytes)> OnnxFiles() =>
        [("model.onnx", OnnxHostileFileTests.Valid().Bytes())];

    private static IReadOnlyList<(string Name, byte[] Bytes)> TfJsFiles()
    {
        var (json, bytes) = HostileFileTests.Valid().Parts();
        return [("model.json", Encoding.UTF8.GetBytes(json.ToJsonString())), ("w.bin", bytes)];
    }

    private static byte[] Structure(byte[] text, Random random)
    {
        var json = JsonNode.Parse(text)!.AsObject();
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            JsonMutation.Apply(json, random);
        }

        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    private static IEnumerable<FuzzSubject> Installed(
        string reader, Func<byte[], Random, byte[]> damage, Func<string, ModelGraph> read, params string[] files)
    {
        var paths = files.Select(file => Path.Combine(RepositoryPaths.Models, file)).ToList();
        if (paths.All(File.Exists))
        {
            yield return new FuzzSubject(
                $"{reader}, {files[0]}",
                () => [.. paths.Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)))],
                damage,
                read);
        }
    }
}
