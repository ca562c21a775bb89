using System.Text.Json;
using CnnViz.Models.TfJs;

namespace CnnViz.Models;

/// <summary>
/// Reads TensorFlow.js graph models: a model.json with a GraphDef and a weights manifest, and its weight files.
/// <para>
/// Layers carry the nodes' names without scopes that all share ("PartitionedCall/"), without ONNX-TF's "onnx_tf_prefix_" and
/// without a trailing "/BiasAdd", wherever that stays unambiguous; full names stay valid as source names. A convolution and the
/// constant added to it are one layer, named after the addition. Within a fused node the convolution before the activation is a
/// layer of its own: named after the scope when the node is called after its activation ("Conv2d_0" in "Conv2d_0/Relu6"), else
/// "…/preactivation".
/// </para>
/// <para>
/// Sizes that the file gives as constants become factors of the input's size: a resize to (26, 26) of a 13-pixel map scales by 2.
/// TensorFlow's SAME padding at strides above 1 depends on the size; it is computed at the declared one. Where the declared size
/// is a multiple of the network's largest stride and such paddings or resizes occur, <see cref="InputSpec.SizeMultiple"/> is that
/// stride, and every allowed size gives exactly TensorFlow's result; otherwise (385 pixels at stride 16, say) other sizes run
/// with the declared size's paddings.
/// </para>
/// <para>Files are data: paths, sizes, counts and values are checked, and nothing in them is executed.</para>
/// </summary>
public static class TfJsGraphReader
{
    /// <summary>Largest model.json, in bytes. Topologies of large networks stay below 10 MB; weights are not in it.</summary>
    public const long MaxJsonBytes = 64L * 1024 * 1024;

    private const int MaxJsonDepth = 64;

    /// <summary>Reads a model. Weight values stay in their files until they are asked for.</summary>
    /// <param name="path">The model.json; weight files are looked for below its directory.</param>
    /// <param name="options">What the file does not say.</param>
    /// <exception cref="ModelFormatException">The model cannot be used; the message names file, node or offset and the
    /// reason.</exception>
    public static ModelGraph Read(string path, ModelReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new ModelReadOptions();
        try
        {
            using var document = Parse(path);
            var root = document.RootElement;
            RequireGraphModel(root);
            var graph = GraphDefReader.Read(root);
            var store = WeightsManifestReader.Read(root, Path.GetDirectoryName(Path.GetFullPath(path))!);
            try
            {
                return Translate(graph, store, options, options.Name ?? Path.GetFileNameWithoutExtension(path));
            }
            catch
            {
                store.Dispose();
                throw;
            }
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

    private static JsonDocument Parse(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length > MaxJsonBytes)
            {
                throw new ModelFormatException($"it has {file.Length} bytes, more than {MaxJsonBytes}");
            }

            return JsonDocument.Parse(file, new JsonDocumentOptions { MaxDepth = MaxJsonDepth });
        }
        catch (JsonException e)
        {
            throw new ModelFormatException($"not valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"cannot be read: {e.GetType().Name}", e);
        }
    }

    private static void RequireGraphModel(JsonElement root)
    {
        var format = JsonShape.Text(root, "format");
        if (format is not (null or "graph-model"))
        {
            throw new ModelFormatException(format == "layers-model"
                ? "it is a TensorFlow.js layers model; only graph models are read"
                : "its format is not 'graph-model'");
        }
    }

    private static ModelGraph Translate(GraphDef graph, WeightStore store, ModelReadOptions options, string name)
    {
        var builder = new GraphBuilder();
        var translator = new TfTranslator(
            new NodeNames(graph.Nodes), new ConstantTensors(store), builder,
            new PictureInput(options, channelsLastByDefault: true));
        translator.Translate(graph);
        var input = translator.Input ?? throw new ModelFormatException("it has no picture input (a placeholder of rank 4)");
        string[] outputs = [.. Outputs(graph).Select(translator.LayerOf).OfType<string>().Distinct(StringComparer.Ordinal)];

        // The engines want the input first; placeholders may come after constant-only nodes that were not supported.
        var layers = builder.Build();
        layers = LayerFolding.Fold(
            [.. layers.OrderBy(layer => layer.Op is InputOp ? 0 : 1)], outputs.ToHashSet(StringComparer.Ordinal));
        var multiple = options.SizeMultiple ?? SizeRule.Multiple(layers, input, translator.HoldsSamePadding);
        if (multiple < 1 || input.Height % multiple != 0 || input.Width % multiple != 0)
        {
            throw new ModelFormatException($"its declared size {input.Height}x{input.Width} is not a multiple of {multiple}");
        }

        return new ModelGraph(
            name, input with { SizeMultiple = multiple, FixedSize = translator.HoldsSpatialExtents }, layers, store)
        {
            Description = options.Description,
            Labels = options.Labels,
            DeclaredClassLayer = options.ClassLayer,
            Outputs = outputs,
        };
    }

    private static IEnumerable<string> Outputs(GraphDef graph)
    {
        if (graph.Outputs.Count > 0)
        {
            return graph.Outputs;
        }

        var consumed = graph.Nodes.SelectMany(node => node.Inputs).Select(input => input.Node).ToHashSet(StringComparer.Ordinal);
        return graph.Nodes.Where(node => !consumed.Contains(node.Name)).Select(node => node.Name);
    }
}
