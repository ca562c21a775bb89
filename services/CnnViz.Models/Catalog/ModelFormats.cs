using CnnViz.Models.Safetensors;

namespace CnnViz.Models;

/// <summary>The kinds of model file that are read, by their endings.</summary>
public static class ModelFormats
{
    /// <summary>The endings of files that are read, each with its point.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".onnx", ".json", ".safetensors", ".h5", ".hdf5", ".keras"];

    /// <summary>The endings for a sentence: ".onnx, .json, .safetensors, .h5, .hdf5 or .keras".</summary>
    public static string EndingsText { get; } = $"{string.Join(", ", Endings.SkipLast(1))} or {Endings[^1]}";

    /// <summary>
    /// Whether a path has the ending of a file that is read, or of a pickle, for which <see cref="Read"/> has its own refusal.
    /// </summary>
    public static bool IsModel(string path) => Endings.Contains(Path.GetExtension(path)) || PickleFile.HasEnding(path);

    /// <summary>Files that a model's directory may hold, the first that is there wins.</summary>
    internal static IEnumerable<string> FilesOf(string name) =>
    [
        $"{name}.json", $"{name}.onnx", "model.onnx", "model.json", $"{name}.safetensors", "model.safetensors",
        $"{name}.keras", "model.keras", $"{name}.h5", "model.h5", .. OfficialWeights.FilesOf(name),
        .. PickleFile.Endings.SelectMany(ending => new[] { $"{name}{ending}", $"model{ending}" }),
    ];

    /// <summary>Reads a model of any kind.</summary>
    /// <param name="path">The file; its ending tells the kind.</param>
    /// <param name="options">What the file does not say.</param>
    /// <param name="architecture">For files of weights alone, the network of the zoo that they are for; null finds it.</param>
    /// <exception cref="ModelFormatException">The model cannot be used.</exception>
    internal static ModelGraph Read(string path, ModelReadOptions options, string? architecture)
    {
        var graph = ReadKind(path, options, architecture);
        if (graph.WeightsFile.Length == 0)
        {
            graph.WeightsFile = Path.GetFileName(path);
        }

        return graph;
    }

    private static ModelGraph ReadKind(string path, ModelReadOptions options, string? architecture) => Path.GetExtension(path) switch
    {
        ".onnx" => OnnxGraphReader.Read(path, options),
        ".safetensors" => SafetensorsReader.Read(path, options, architecture),
        ".h5" or ".hdf5" or ".keras" => KerasFile.Read(path, options, architecture),
        _ when PickleFile.HasEnding(path) => throw PickleFile.Refusal(path),
        _ when KerasModelReader.IsLayersModel(path) => KerasModelReader.Read(path, options),
        _ => TfJsGraphReader.Read(path, options),
    };
}
