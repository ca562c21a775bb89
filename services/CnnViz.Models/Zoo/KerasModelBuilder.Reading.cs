namespace CnnViz.Models;

/// <summary>What readers of Keras' files need beside the layers: networks whose weights and sizes come from a file.</summary>
public sealed partial class KerasModelBuilder
{
    /// <summary>The layers so far, the input first.</summary>
    internal IReadOnlyList<Layer> Layers => _layers;

    /// <summary>Whether the network is written channels-last.</summary>
    internal bool ChannelsLast => _input.ChannelsLast;

    /// <summary>Whether a layer's output is known; it is not at or behind an unsupported layer.</summary>
    internal bool HasShape(string layer) => _shapes.ContainsKey(layer);

    /// <summary>From here on the network runs only at the declared size.</summary>
    internal void FixSize() => _fixedSize = true;

    /// <summary>Takes back every layer added since there were <paramref name="count"/>.</summary>
    internal void Rollback(int count)
    {
        foreach (var layer in _layers.Skip(count))
        {
            _names.Remove(layer.Name);
            _shapes.Remove(layer.Name);
            Parameters -= layer.Weights.Sum(weight => weight.ElementCount);
        }

        _layers.RemoveRange(count, _layers.Count - count);
        Last = _layers[^1].Name;
    }

    /// <summary>
    /// The network with weights from elsewhere. Where paddings depend on the size and the declared size is a multiple of the
    /// network's largest stride, sizes must be; other declared sizes lend their paddings to all.
    /// </summary>
    /// <param name="name">Its name in requests.</param>
    /// <param name="options">What its source does not say.</param>
    /// <param name="outputs">Names of the layers that are its outputs.</param>
    /// <param name="sourceNames">Other names of layers.</param>
    /// <param name="weights">Every layer's weights; owned by the graph.</param>
    internal ModelGraph Build(
        string name,
        ModelReadOptions options,
        IReadOnlyList<string> outputs,
        ILookup<string, string> sourceNames,
        IWeightStore weights)
    {
        var multiple = options.SizeMultiple ?? SizeRule.Multiple(_layers, _input, _samePadding);
        if (multiple < 1 || _input.Height % multiple != 0 || _input.Width % multiple != 0)
        {
            throw new ModelFormatException(
                $"its declared size {_input.Height}x{_input.Width} is not a multiple of {multiple}");
        }

        Layer[] layers = [.. _layers.Select(layer => layer with { SourceNames = [.. sourceNames[layer.Name].Distinct()] })];
        var input = _input with { SizeMultiple = multiple, FixedSize = _input.FixedSize || _fixedSize };
        return new ModelGraph(name, input, layers, weights)
        {
            Description = options.Description,
            Labels = options.Labels,
            DeclaredClassLayer = options.ClassLayer,
            Outputs = outputs,
            Sequential = Sequential,
        };
    }
}
