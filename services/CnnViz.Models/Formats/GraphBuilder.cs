namespace CnnViz.Models;

/// <summary>Collects a reader's layers in order and knows each one's shape at the declared input size.</summary>
internal sealed class GraphBuilder
{
    private readonly List<Layer> _layers = [];
    private readonly Dictionary<string, TensorShape> _shapes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _aliases = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public int Count => _layers.Count;

    /// <summary>The layers so far, each with the source names it was given since it was added.</summary>
    public List<Layer> Build() =>
        [.. _layers.Select(layer => layer with { SourceNames = [.. _aliases[layer.Name].Distinct(StringComparer.Ordinal)] })];

    /// <summary>Adds the input layer.</summary>
    public void AddInput(string name, TensorShape shape, params string[] sourceNames)
    {
        Append(new Layer { Name = name, Op = new InputOp() }, sourceNames);
        _shapes[name] = shape;
    }

    /// <summary>Adds a layer that the engines can run.</summary>
    /// <exception cref="ModelFormatException">The name is taken, there are too many layers, or the shapes do not fit.</exception>
    public string Add(
        string name, LayerOp op, IReadOnlyList<string> inputs, IReadOnlyList<LayerWeight> weights, params string[] sourceNames)
    {
        var layer = new Layer { Name = name, Op = op, Inputs = inputs, Weights = weights };
        var shape = ShapeInference.InferLayer(layer, [.. inputs.Select(input => _shapes[input])]);
        Append(layer, sourceNames);
        _shapes[name] = shape;
        return name;
    }

    /// <summary>Adds a layer that stands for something unsupported; it has no shape.</summary>
    public void AddUnsupported(string name, UnsupportedOp op, IReadOnlyList<string> inputs, params string[] sourceNames) =>
        Append(new Layer { Name = name, Op = op, Inputs = inputs }, sourceNames);

    public TensorShape ShapeOf(string layer) => _shapes[layer];

    public bool IsFree(string name) => !_names.Contains(name);

    /// <summary>Lets a source's node name also mean this layer.</summary>
    public void Alias(string layer, params string[] sourceNames) => _aliases[layer].AddRange(sourceNames);

    /// <summary>Takes back every layer added since there were <paramref name="count"/>.</summary>
    public void Rollback(int count)
    {
        for (var i = count; i < _layers.Count; i++)
        {
            _names.Remove(_layers[i].Name);
            _shapes.Remove(_layers[i].Name);
            _aliases.Remove(_layers[i].Name);
        }

        _layers.RemoveRange(count, _layers.Count - count);
    }

    private void Append(Layer layer, string[] sourceNames)
    {
        if (_layers.Count >= ModelLimits.MaxLayers)
        {
            throw new ModelFormatException($"the graph has more than {ModelLimits.MaxLayers} layers");
        }

        if (!_names.Add(layer.Name))
        {
            throw new ModelFormatException($"two layers are named '{layer.Name}'");
        }

        _aliases[layer.Name] = [.. sourceNames];
        _layers.Add(layer);
    }
}
