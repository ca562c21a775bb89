namespace CnnViz.Models.Keras;

/// <summary>A model's picture input.</summary>
/// <param name="Spec">What it takes.</param>
/// <param name="Index">Which of the model's inputs it is; 0 in sequential models.</param>
internal sealed record KerasPictureInput(InputSpec Spec, int Index)
{
    /// <summary>The size of inputs that declare none: Keras Applications' usual one.</summary>
    private static readonly Size2D _usualSize = new(224, 224);

    /// <exception cref="ModelFormatException">The model has no picture input.</exception>
    public static KerasPictureInput Of(KerasModelConfig model, ModelReadOptions options)
    {
        var (name, dims, index) = model.Sequential ? OfSequential(model) : OfFunctional(model);
        options = options with
        {
            ChannelsLast = !IsChannelsFirst(model),
            DefaultSize = options.DefaultSize ?? _usualSize,
        };
        if (options is { Mean: null, Std: null } && ScalesItself(model, name))
        {
            options = options with { Mean = [0], Std = [1] };
        }

        var spec = new PictureInput(options, channelsLastByDefault: true).Describe(name, dims);
        return new KerasPictureInput(spec, index);
    }

    private static (string Name, IReadOnlyList<int> Dims, int Index) OfFunctional(KerasModelConfig model)
    {
        var layers = model.Layers.ToDictionary(layer => layer.Name, StringComparer.Ordinal);
        for (var i = 0; i < model.Inputs.Count; i++)
        {
            if (layers.TryGetValue(model.Inputs[i].Layer, out var layer)
                && KerasShapes.Declared(layer.Config, $"layer '{layer.Name}'") is { Count: 4 } dims)
            {
                return (layer.Name, dims, i);
            }
        }

        throw new ModelFormatException(
            "it has no picture input: none of its inputs has four axes (batch, height, width, channels)");
    }

    private static (string Name, IReadOnlyList<int> Dims, int Index) OfSequential(KerasModelConfig model)
    {
        var first = model.Layers.Count > 0 ? model.Layers[0] : throw new ModelFormatException("it has no layers");
        var dims = KerasShapes.Declared(first.Config, $"layer '{first.Name}'") ?? model.BuildShape;
        if (dims is null && first.Model is { } nested)
        {
            var inner = nested.Sequential ? OfSequential(nested) : OfFunctional(nested);
            return ($"{first.Name}_input", inner.Dims, 0);
        }

        if (dims is not { Count: 4 })
        {
            throw new ModelFormatException(dims is null
                ? "it does not say what its input's shape is: build the model before saving it"
                : $"its input has {dims.Count} axes; a picture's has four (batch, height, width, channels)");
        }

        return (first.ClassName == "InputLayer" ? first.Name : $"{first.Name}_input", dims, 0);
    }

    /// <summary>The data format of the first layer that has one.</summary>
    private static bool IsChannelsFirst(KerasModelConfig model) => Formats(model).FirstOrDefault() == "channels_first";

    private static IEnumerable<string> Formats(KerasModelConfig model) => model.Layers.SelectMany(layer =>
        layer.Model is { } nested ? Formats(nested)
        : layer.ClassName != "Flatten" && new KerasAttributes(layer.Config).Text("data_format") is { } format ? [format]
        : (IEnumerable<string>)[]);

    /// <summary>Whether what comes first is the model's own preprocessing.</summary>
    private static bool ScalesItself(KerasModelConfig model, string input)
    {
        var first = model.Sequential
            ? model.Layers.Where(layer => layer.ClassName != "InputLayer").Take(1)
            : model.Layers.Where(layer => layer.Calls.Any(call => call.Tensors.Any(tensor => tensor.Layer == input)));
        return first.Any(layer => layer.ClassName is "Rescaling" or "Normalization");
    }
}
