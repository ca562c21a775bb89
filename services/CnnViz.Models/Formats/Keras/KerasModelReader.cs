using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CnnViz.Models.Hdf5;
using CnnViz.Models.Keras;
using CnnViz.Models.TfJs;

namespace CnnViz.Models;

/// <summary>
/// Reads models that Keras or TensorFlow.js' layers API saved: .h5 files of model.save, .keras archives, and layers models'
/// model.json; which one a file is, its content tells.
/// <para>
/// Sequential and Functional models become layers under Keras' names, nested models flattened. A layer of a class that is not
/// known, or whose parameters no op has, is an <see cref="UnsupportedOp"/>; everything before it stays usable. Pictures come in
/// at the first input of rank 4; a size that the file leaves open is 224x224 unless the options tell one. A model that begins by
/// scaling its input itself (Rescaling, Normalization) takes pixels of 0..255 unless the options say otherwise.
/// </para>
/// <para>
/// Files are data: sizes, counts, names and shapes are checked, and no code in them (Lambda layers, custom classes) is run.
/// </para>
/// </summary>
public static class KerasModelReader
{
    /// <summary>Largest configuration, in bytes.</summary>
    public const int MaxConfigBytes = 64 * 1024 * 1024;

    private const int MaxJsonDepth = 256;

    /// <summary>Reads a model. Weight values stay in the file until they are asked for.</summary>
    /// <param name="path">The file; a layers model's weight files are looked for below its directory.</param>
    /// <param name="options">What the file does not say.</param>
    /// <exception cref="ModelFormatException">The model cannot be used; the message names file, layer and reason.</exception>
    public static ModelGraph Read(string path, ModelReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new ModelReadOptions();
        var name = options.Name ?? Path.GetFileNameWithoutExtension(path);
        try
        {
            return Kind(path) switch
            {
                KerasFileKind.Hdf5 => ReadH5(path, options, name),
                KerasFileKind.Archive => ReadArchive(path, options, name),
                _ => ReadLayersModel(path, options, name),
            };
        }
        catch (ModelFormatException e)
        {
            throw new ModelFormatException($"{Path.GetFileName(path)}: {e.Message}", e);
        }
        catch (Exception e) when (e is OverflowException or InvalidOperationException or FormatException)
        {
            // JsonElement reports text that is not valid Unicode, and kinds, this way.
            throw new ModelFormatException($"{Path.GetFileName(path)}: a value is malformed or out of range", e);
        }
    }

    /// <summary>
    /// Whether a model.json is a layers model rather than a graph model. False for what is no JSON, which either reader refuses.
    /// </summary>
    public static bool IsLayersModel(string path)
    {
        try
        {
            using var document = Parse(path);
            var root = document.RootElement;
            return JsonShape.Text(root, "format") is { } format
                ? format == "layers-model"
                : JsonShape.Optional(root, "modelTopology") is { } topology && ModelOf(topology) is not null;
        }
        catch (Exception e) when (e is ModelFormatException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Whether a file is HDF5 with weights, but without a model's configuration.</summary>
    /// <exception cref="ModelFormatException">The file cannot be read.</exception>
    internal static bool HoldsWeightsAlone(string path)
    {
        if (Kind(path) != KerasFileKind.Hdf5)
        {
            return false;
        }

        using var file = Hdf5File.Open(path);
        return !file.Root.Attributes.Contains("model_config");
    }

    private static KerasFileKind Kind(string path)
    {
        using var source = new FileByteSource(path);
        Span<byte> start = stackalloc byte[(int)Math.Min(8, source.Length)];
        source.Read(0, start);
        return start.StartsWith<byte>([0x89, (byte)'H', (byte)'D', (byte)'F']) ? KerasFileKind.Hdf5
            : start.StartsWith("PK"u8) ? KerasFileKind.Archive
            : KerasFileKind.LayersModel;
    }

    private static ModelGraph ReadH5(string path, ModelReadOptions options, string name)
    {
        var file = Hdf5File.Open(path);
        try
        {
            var config = file.Root.Attributes.String("model_config") ?? throw new ModelFormatException(
                "it holds weights alone, without a model; official Keras Applications weights go by their file names below the "
                + "model root, and a model of one's own is saved whole with model.save");
            using var document = Parse(Encoding.UTF8.GetBytes(config));
            var version = file.Root.Attributes.String("keras_version");
            return Build(document.RootElement, new H5LayerWeights(file), version, options, name);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static ModelGraph ReadArchive(string path, ModelReadOptions options, string name)
    {
        var source = new FileByteSource(path);
        Hdf5File? file = null;
        try
        {
            var archive = new KerasArchive(source);
            var config = archive.ReadAll("config.json", MaxConfigBytes)
                ?? throw new ModelFormatException("it has no config.json: it is no .keras archive");
            using var metadata = Parse(archive.ReadAll("metadata.json", MaxConfigBytes) ?? "{}"u8.ToArray());
            using var document = Parse(config);
            var weights = archive.Open("model.weights.h5")
                ?? throw new ModelFormatException("it has no model.weights.h5: it holds no weights");
            file = Hdf5File.Open(weights, "model.weights.h5");
            var version = JsonShape.Text(metadata.RootElement, "keras_version");
            return Build(document.RootElement, new Keras3Weights(file), version, options, name);
        }
        catch
        {
            file?.Dispose();
            source.Dispose();
            throw;
        }
    }

    private static ModelGraph ReadLayersModel(string path, ModelReadOptions options, string name)
    {
        using var document = Parse(path);
        var topology = JsonShape.Object(document.RootElement, "modelTopology");
        var model = ModelOf(topology) ?? throw new ModelFormatException(
            "its modelTopology is no layers model, which has a class_name and a config");
        var store = WeightsManifestReader.Read(document.RootElement, Path.GetDirectoryName(Path.GetFullPath(path))!);
        try
        {
            return Build(model, new LayersModelWeights(store), JsonShape.Text(topology, "keras_version"), options, name);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>The model in a topology, which converters put into a member of its own; null if there is none.</summary>
    private static JsonElement? ModelOf(JsonElement topology) =>
        JsonShape.Text(topology, "class_name") is not null ? topology : JsonShape.Optional(topology, "model_config");

    private static ModelGraph Build(
        JsonElement model, IKerasWeights weights, string? version, ModelReadOptions options, string name)
    {
        var config = KerasConfigReader.Read(model);
        var input = KerasPictureInput.Of(config, options);
        var builder = new KerasModelBuilder(input.Spec, input.Spec.ChannelsLast) { Sequential = config.Sequential };
        var translator = new KerasTranslator(builder, config, version?.StartsWith('3') == true);
        var outputs = translator.Translate(config, input.Spec.Name, input.Index);
        var shapes = new Dictionary<string, IReadOnlyList<int>>(StringComparer.Ordinal);
        foreach (var weight in builder.Layers.SelectMany(layer => layer.Weights))
        {
            if (!shapes.TryAdd(weight.Key, weight.Shape))
            {
                throw new ModelFormatException($"two weights are named '{weight.Key}'");
            }
        }

        var needs = translator.Weighted.Select(layer => new KerasNeed(layer.Title, layer.Variables, weights.Of(layer)));
        var architecture = Convert.ToHexStringLower(SHA256.HashData(JsonMarshal.GetRawUtf8Value(model)));
        var store = KerasBinding.Bind(needs, shapes, weights, translator.Constants, architecture);
        return builder.Build(name, options, [.. outputs.Distinct(StringComparer.Ordinal)], translator.Aliases, store);
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return file.Length <= MaxConfigBytes
                ? JsonDocument.Parse(file, new JsonDocumentOptions { MaxDepth = MaxJsonDepth })
                : throw new ModelFormatException($"it has {file.Length} bytes, more than {MaxConfigBytes}");
        }
        catch (JsonException e)
        {
            throw new ModelFormatException($"it is neither HDF5 nor a .keras archive nor valid JSON ({Where(e)})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"cannot be read: {e.GetType().Name}", e);
        }
    }

    private static JsonDocument Parse(byte[] json)
    {
        try
        {
            return json.Length <= MaxConfigBytes
                ? JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxJsonDepth })
                : throw new ModelFormatException($"its configuration has {json.Length} bytes, more than {MaxConfigBytes}");
        }
        catch (JsonException e)
        {
            throw new ModelFormatException($"its configuration is not valid JSON ({Where(e)})", e);
        }
    }

    private static string Where(JsonException e) => $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";

    private enum KerasFileKind
    {
        LayersModel,
        Hdf5,
        Archive,
    }
}
