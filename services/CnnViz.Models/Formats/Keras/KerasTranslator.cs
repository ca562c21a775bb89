namespace CnnViz.Models.Keras;

/// <summary>
/// Turns a model's configuration into layers. Nested models are flattened: their layers keep their names where no other layer
/// has them, and are "model/layer" otherwise; a layer's second call is "layer/call_1". Feature maps are (channels, height,
/// width) whatever the file's data format; where Keras' axis order shows (Reshape, Dense on maps), transpositions are made
/// explicit inside the layer.
/// </summary>
internal sealed partial class KerasTranslator
{
    private readonly KerasModelBuilder _builder;
    private readonly KerasNames _names;
    private readonly bool _keras3;
    private readonly Dictionary<string, (string Name, string Kind)> _blocked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int[] Shape, float[] Values)> _constants = new(StringComparer.Ordinal);
    private readonly List<KerasWeightedLayer> _weighted = [];
    private readonly List<(string Layer, string Alias)> _aliases = [];
    private int _steps;

    /// <param name="builder">Takes the layers; it has the picture input already.</param>
    /// <param name="root">The model.</param>
    /// <param name="keras3">Whether the file is of Keras 3.</param>
    public KerasTranslator(KerasModelBuilder builder, KerasModelConfig root, bool keras3)
    {
        (_builder, _keras3) = (builder, keras3);
        _names = new KerasNames(root);
    }

    /// <summary>Layers with variables, each once, in the order they were met.</summary>
    public IReadOnlyList<KerasWeightedLayer> Weighted => _weighted;

    /// <summary>Values that the configuration itself holds, by weight key.</summary>
    public IReadOnlyDictionary<string, (int[] Shape, float[] Values)> Constants => _constants;

    /// <summary>Other names of layers.</summary>
    public ILookup<string, string> Aliases =>
        _aliases.ToLookup(entry => entry.Layer, entry => entry.Alias, StringComparer.Ordinal);

    /// <param name="root">The model.</param>
    /// <param name="input">The picture input's layer, which stands for input <paramref name="index"/>.</param>
    /// <param name="index">Which of the model's inputs the picture is.</param>
    /// <returns>The output layers' names.</returns>
    public IReadOnlyList<string> Translate(KerasModelConfig root, string input, int index)
    {
        if (root.Sequential)
        {
            return [Sequential(root, [], input)];
        }

        var inputs = root.Inputs.Select((tensor, i) => i == index ? input : Unsupported(
            _names.Free(tensor.Layer), "InputLayer", "a network here has one picture input; this is another one", [])).ToArray();
        return Functional(root, [], inputs);
    }

    private string Sequential(KerasModelConfig model, (KerasModelConfig, KerasLayerConfig)[] path, string input)
    {
        foreach (var layer in model.Layers)
        {
            input = layer.ClassName == "InputLayer" ? input : Call(model, path, layer, 0, [input], constants: false) is [var only]
                ? only
                : throw new ModelFormatException($"layer '{layer.Name}' of a sequential model has not just one output");
        }

        return input;
    }

    private string[] Functional(KerasModelConfig model, (KerasModelConfig, KerasLayerConfig)[] path, IReadOnlyList<string> inputs)
    {
        var schedule = new KerasSchedule(model);
        var values = new Dictionary<(string, int), string[]>();
        for (var i = 0; i < model.Inputs.Count; i++)
        {
            values[(model.Inputs[i].Layer, 0)] = [inputs[i]];
        }

        string Value(KerasTensor tensor) =>
            values.TryGetValue((tensor.Layer, schedule.CallOf(tensor)), out var made) && tensor.Output < made.Length
                ? made[tensor.Output]
                : throw new ModelFormatException($"'{model.Name}' has no output {tensor.Output} of layer '{tensor.Layer}'");

        foreach (var (layer, call) in schedule.Order())
        {
            string[] taken = [.. layer.Calls[call].Tensors.Select(Value)];
            values[(layer.Name, call)] = Call(model, path, layer, call, taken, layer.Calls[call].HasConstants);
        }

        return [.. model.Outputs.Select(Value)];
    }

    private string[] Call(
        KerasModelConfig model,
        (KerasModelConfig, KerasLayerConfig)[] path,
        KerasLayerConfig layer,
        int call,
        string[] inputs,
        bool constants)
    {
        // Models that do nothing could otherwise be called without end.
        if (++_steps > 2 * ModelLimits.MaxLayers)
        {
            throw new ModelFormatException($"its layers are called more than {2 * ModelLimits.MaxLayers} times");
        }

        (KerasModelConfig, KerasLayerConfig)[] here = [.. path, (model, layer)];
        if (layer.Model is { } nested)
        {
            return CallModel(nested, here, layer, inputs);
        }

        var name = _names.Of([.. here.Select(step => step.Item2)], call);
        if (inputs.Where(input => !_builder.HasShape(input)).FirstOrDefault() is { } blocked)
        {
            var (origin, kind) = _blocked[blocked];
            var reason = $"it needs the output of '{origin}' ({kind}), which is not supported";
            return [Unsupported(name, layer.ClassName, reason, inputs, _blocked[blocked])];
        }

        var before = _builder.Layers.Count;
        try
        {
            RequireOwnClass(layer, constants);
            var variables = Translate(layer, name, inputs);
            if (variables.Count > 0)
            {
                _weighted.Add(new KerasWeightedLayer(name, here, variables));
            }

            return [name];
        }
        catch (UnsupportedNodeException e)
        {
            _builder.Rollback(before);
            return [Unsupported(name, layer.ClassName, e.Message, inputs)];
        }
        catch (ModelFormatException e) when (!e.Message.StartsWith($"layer '{name}'", StringComparison.Ordinal))
        {
            throw new ModelFormatException($"layer '{name}' ({KerasConfigReader.Shortened(layer.ClassName)}): {e.Message}", e);
        }
        catch (OverflowException e)
        {
            throw new ModelFormatException(
                $"layer '{name}' ({KerasConfigReader.Shortened(layer.ClassName)}): an extent or a size is out of range", e);
        }
    }

    private string[] CallModel(
        KerasModelConfig nested, (KerasModelConfig, KerasLayerConfig)[] path, KerasLayerConfig layer, string[] inputs)
    {
        if (inputs.Length != (nested.Sequential ? 1 : nested.Inputs.Count))
        {
            throw new ModelFormatException($"model '{layer.Name}' does not take {inputs.Length} tensors");
        }

        var outputs = nested.Sequential ? [Sequential(nested, path, inputs[0])] : Functional(nested, path, inputs);
        if (outputs is [var only] && only != inputs[0])
        {
            _aliases.Add((only, layer.Name));
        }

        return outputs;
    }

    private string Unsupported(
        string name, string kind, string reason, IReadOnlyList<string> inputs, (string, string)? origin = null)
    {
        kind = KerasConfigReader.Shortened(kind);
        string[] distinct = [.. inputs.Distinct(StringComparer.Ordinal)];
        _builder.Append(new Layer { Name = name, Op = new UnsupportedOp(kind, reason), Inputs = distinct }, className: null);
        _blocked[name] = origin ?? (name, kind);
        return name;
    }

    private static void RequireOwnClass(KerasLayerConfig layer, bool constants)
    {
        var root = layer.Module.Split('.')[0];
        if (root is not ("" or "keras" or "tf_keras" or "tensorflow" or "keras_core"))
        {
            throw new UnsupportedNodeException("it is a class of the author's own, whose code is not in the file");
        }

        if (constants)
        {
            throw new UnsupportedNodeException("it takes numbers beside tensors");
        }
    }
}
