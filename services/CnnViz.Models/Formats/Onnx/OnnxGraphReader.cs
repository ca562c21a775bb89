using CnnViz.Models.Onnx;

namespace CnnViz.Models;

/// <summary>
/// Reads ONNX models of operator sets 1 to 21, float32, float16 or bfloat16, with their weights in the file or beside it.
/// <para>
/// Layers carry the nodes' names, or their first outputs' names where nodes have none; a scope that all scoped names share is
/// left out wherever that stays unambiguous. Full node names and tensor names stay valid as source names. A convolution and the
/// constant added to it are one layer, named after the addition.
/// </para>
/// <para>
/// Subgraphs that only compute shapes are worked out at the declared size, or at the caller's default where the file leaves it
/// open. Sizes that come out as constants become factors of the input's size, as in <see cref="TfJsGraphReader"/>, and so do SAME
/// paddings at strides above 1; see there for <see cref="InputSpec.SizeMultiple"/> and <see cref="InputSpec.FixedSize"/>.
/// </para>
/// <para>Files are data: names, sizes, counts and values are checked, and nothing in them is executed.</para>
/// </summary>
public static class OnnxGraphReader
{
    /// <summary>Oldest operator set that is read.</summary>
    public const int MinOpset = 1;

    /// <summary>Newest operator set that is read.</summary>
    public const int MaxOpset = 21;

    /// <summary>Pictures' size where neither the file nor the caller gives one: a multiple of usual strides.</summary>
    private static readonly Size2D _fallbackSize = new(224, 224);

    /// <summary>Reads a model. Weight values stay in their files until they are asked for.</summary>
    /// <param name="path">The .onnx file; external data is looked for in its directory.</param>
    /// <param name="options">What the file does not say.</param>
    /// <exception cref="ModelFormatException">The model cannot be used; the message names file, node or offset and the
    /// reason.</exception>
    public static ModelGraph Read(string path, ModelReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new ModelReadOptions();
        try
        {
            var file = new FileByteSource(path);
            try
            {
                var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
                return Read(file, directory, options, options.Name ?? Path.GetFileNameWithoutExtension(path));
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (ModelFormatException e)
        {
            throw new ModelFormatException($"{Path.GetFileName(path)}: {e.Message}", e);
        }
        catch (OverflowException e)
        {
            throw new ModelFormatException($"{Path.GetFileName(path)}: a value is out of range", e);
        }
    }

    private static ModelGraph Read(ByteSource file, string directory, ModelReadOptions options, string name)
    {
        var model = OnnxModelReader.Read(file);
        if (model.Opset is < MinOpset or > MaxOpset)
        {
            throw new ModelFormatException($"its operator set {model.Opset} is outside {MinOpset}..{MaxOpset}");
        }

        var (store, bytes, tensors) = OnnxWeights.Open(file, directory, Tensors(model));
        try
        {
            return Translate(
                model, store, bytes, tensors, options with { DefaultSize = options.DefaultSize ?? _fallbackSize }, name);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private static ModelGraph Translate(
        OnnxModel model,
        WeightStore store,
        ByteSource bytes,
        IReadOnlyDictionary<string, OnnxTensor> tensors,
        ModelReadOptions options,
        string name)
    {
        var builder = new GraphBuilder();
        var names = new OnnxNames(model.Nodes, model.Inputs.Select(input => input.Name));
        var translator = new OnnxTranslator(model, names, new OnnxConstants(bytes, store), builder, new OnnxInputs(options));
        translator.Translate(tensors);
        var input = translator.Input ?? throw new ModelFormatException("it has no picture input");
        string[] outputs =
            [.. model.Outputs.Select(translator.Find).Select(LayerOf).OfType<string>().Distinct(StringComparer.Ordinal)];

        // The engines want the input first; inputs that are not supported may come before it.
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

    private static string? LayerOf(OnnxValue? value) => value switch
    {
        OnnxData data => data.Layer,
        OnnxBlocked blocked => blocked.Layer,
        _ => null,
    };

    /// <summary>
    /// All constants that the file holds: initializers, and the values of Constant nodes under their outputs' names.
    /// </summary>
    private static Dictionary<string, OnnxTensor> Tensors(OnnxModel model)
    {
        var tensors = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal);
        foreach (var initializer in model.Initializers)
        {
            Add(initializer.Name, initializer);
        }

        foreach (var node in model.Nodes.Where(node => node.Op == "Constant" && node.Outputs.Count > 0))
        {
            if (node.Attributes.GetValueOrDefault("value")?.Tensor is { } value)
            {
                Add(node.Outputs[0], value with { Name = node.Outputs[0] });
            }
        }

        return tensors;

        void Add(string name, OnnxTensor tensor)
        {
            if (name.Length == 0 || !tensors.TryAdd(name, tensor))
            {
                throw new ModelFormatException(name.Length == 0 ? "a constant has no name" : $"two constants are named '{name}'");
            }
        }
    }
}
