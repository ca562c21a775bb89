using System.Text.Json;
using CnnViz.Models.TfJs;

namespace CnnViz.Models.Keras;

/// <summary>
/// Reads models' configurations as Keras 2, Keras 3 and TensorFlow.js write them: Sequential and Functional models, nested to
/// any sensible depth. Names, counts and references are checked; nothing in a configuration is executed.
/// </summary>
internal sealed class KerasConfigReader
{
    /// <summary>How deep models may lie in one another.</summary>
    private const int MaxNesting = 16;

    private int _layers;

    /// <param name="model">An object with "class_name" and "config".</param>
    /// <exception cref="ModelFormatException">It is no such model's configuration; the message says where and why.</exception>
    public static KerasModelConfig Read(JsonElement model)
    {
        var kind = JsonShape.Text(model, "class_name") ?? throw new ModelFormatException("its configuration has no class_name");
        return IsModel(kind) && model.TryGetProperty("config", out var config)
            ? new KerasConfigReader().ReadModel(kind, config, "model", 0)
            : throw new ModelFormatException(
                $"its model is a '{Shortened(kind)}'; Sequential and Functional models are read, which need no own code");
    }

    /// <summary>A text of the file, safe to show.</summary>
    internal static string Shortened(string text) =>
        new([.. text.Take(64).Select(c => char.IsControl(c) ? '?' : c)]);

    private static bool IsModel(string kind) => kind is "Sequential" or "Functional" or "Model";

    private KerasModelConfig ReadModel(string kind, JsonElement config, string name, int depth)
    {
        if (depth > MaxNesting)
        {
            throw new ModelFormatException($"its models lie more than {MaxNesting} deep in one another");
        }

        // Keras 1 and early Keras 2 wrote a sequential model as the bare list of its layers.
        var sequential = kind == "Sequential";
        var bare = sequential && config.ValueKind == JsonValueKind.Array;
        var list = bare ? config : JsonShape.Array(config, "layers", $"{name}'s config");
        name = bare || config.ValueKind != JsonValueKind.Object || JsonShape.Text(config, "name") is null
            ? name
            : JsonShape.Name(config, "name", name);
        List<KerasLayerConfig> layers = [];
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var element in list.EnumerateArray())
        {
            var layer = ReadLayer(element, $"layer {layers.Count} of '{name}'", sequential, depth);
            if (!names.Add(layer.Name))
            {
                throw new ModelFormatException($"two layers of '{name}' are named '{layer.Name}'");
            }

            layers.Add(layer);
        }

        if (sequential)
        {
            var shape = bare ? null : KerasShapes.BuildShape(config);
            return new KerasModelConfig(name, Sequential: true, layers, [], []) { BuildShape = shape };
        }

        var (inputs, outputs) = (Ends(config, "input_layers", name), Ends(config, "output_layers", name));
        return new KerasModelConfig(name, Sequential: false, layers, inputs, outputs);
    }

    private KerasLayerConfig ReadLayer(JsonElement element, string where, bool sequential, int depth)
    {
        if (++_layers > ModelLimits.MaxLayers)
        {
            throw new ModelFormatException($"it has more than {ModelLimits.MaxLayers} layers");
        }

        var kind = JsonShape.Name(element, "class_name", where);
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("config", out var config))
        {
            throw new ModelFormatException($"{where} has no config");
        }

        // A functional model's entry has the name; a sequential one's only its config, and that of a bare list of layers none.
        var named = JsonShape.Text(element, "name") is not null ? element : config;
        var name = config.ValueKind == JsonValueKind.Array ? $"sequential_{_layers}" : JsonShape.Name(named, "name", where);
        return new KerasLayerConfig
        {
            Name = name,
            ClassName = kind,
            Module = JsonShape.Text(element, "module") ?? "",
            Config = config,
            Model = IsModel(kind) ? ReadModel(kind, config, name, depth + 1) : null,
            Calls = sequential ? [] : ReadCalls(element, $"layer '{name}'"),
        };
    }

    private static List<KerasCall> ReadCalls(JsonElement element, string where)
    {
        List<KerasCall> calls = [];
        foreach (var node in JsonShape.Array(element, "inbound_nodes", where).EnumerateArray())
        {
            var (tensors, constants) = (new List<KerasTensor>(), false);
            if (node.ValueKind == JsonValueKind.Object)
            {
                // Keras 3: the call's arguments, tensors among them at any place.
                Collect(JsonShape.Array(node, "args", where), where, tensors, ref constants, depth: 0);
            }
            else if (node.ValueKind == JsonValueKind.Array)
            {
                // Keras 2: a list of [layer, call, output, keyword arguments], or just one of them.
                foreach (var tensor in IsReference(node) ? [node] : node.EnumerateArray().ToArray())
                {
                    tensors.Add(Reference(tensor, where));
                }
            }
            else
            {
                throw new ModelFormatException($"{where}: a call is neither a list nor an object");
            }

            calls.Add(new KerasCall(tensors, constants));
        }

        return calls;
    }

    private static void Collect(JsonElement arguments, string where, List<KerasTensor> tensors, ref bool constants, int depth)
    {
        foreach (var argument in arguments.EnumerateArray())
        {
            if (JsonShape.Text(argument, "class_name") == "__keras_tensor__")
            {
                var history = JsonShape.Array(JsonShape.Object(argument, "config", where), "keras_history", where);
                tensors.Add(Reference(history, where));
            }
            else if (argument.ValueKind == JsonValueKind.Array && depth == 0)
            {
                Collect(argument, where, tensors, ref constants, depth + 1);
            }
            else if (argument.ValueKind != JsonValueKind.Null)
            {
                constants = true;
            }
        }
    }

    private static bool IsReference(JsonElement element) => element.ValueKind == JsonValueKind.Array
        && element.GetArrayLength() >= 3 && element[0].ValueKind == JsonValueKind.String;

    private static KerasTensor Reference(JsonElement element, string where)
    {
        if (!IsReference(element))
        {
            throw new ModelFormatException($"{where}: a tensor is not given as [layer, call, output]");
        }

        var call = JsonNumbers.Int(element[1], $"{where}: a call");
        var output = JsonNumbers.Int(element[2], $"{where}: an output");
        return call >= 0 && output >= 0
            ? new KerasTensor(element[0].GetString()!, call, output)
            : throw new ModelFormatException($"{where}: a call or output is below 0");
    }

    /// <summary>A model's inputs or outputs: a list of tensors, or one tensor alone, as Keras 3 writes it.</summary>
    private static KerasTensor[] Ends(JsonElement config, string member, string name)
    {
        var list = JsonShape.Array(config, member, $"'{name}'");
        var where = $"'{name}': {member}";
        return IsReference(list) ? [Reference(list, where)] : [.. list.EnumerateArray().Select(end => Reference(end, where))];
    }
}
