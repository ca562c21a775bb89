using System.Text;
using System.Text.Json;

namespace CnnViz.Models;

/// <summary>How a Keras convolution or pooling treats the border.</summary>
public enum KerasPadding
{
    /// <summary>No padding: the window stays inside.</summary>
    Valid,

    /// <summary>Zeros so that the output has ceil(extent / stride) cells; the odd one goes below and to the right.</summary>
    Same,
}

/// <summary>
/// Builds networks as Keras' layers of the same names would: shapes, weights in get_weights() order, kernels (kh, kw, in, out),
/// channels-last flattening, and an activation inside a layer that is one with it ("x", whose inside is "x/preactivation").
/// Weights start seeded: He-normal kernels, biases 0, batch normalization gamma 1, beta 0, mean 0, variance 1.
/// <para>
/// Each method adds a layer behind <c>from</c>, or behind the layer added last, and returns its name.
/// <see cref="ModelFormatException"/> tells what does not fit.
/// </para>
/// </summary>
public sealed partial class KerasModelBuilder
{
    private readonly InputSpec _input;
    private readonly List<Layer> _layers = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorShape> _shapes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int[] Shape, InitialValues Initial)> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, float[]> _fixed = new(StringComparer.Ordinal);
    private bool _fixedSize;
    private bool _samePadding;

    /// <param name="input">The picture input; <see cref="InputSpec.FixedSize"/> is set by the layers that need it.</param>
    /// <param name="channelsLast">Whether the network is written channels-last, as Keras' are by default.</param>
    public KerasModelBuilder(InputSpec input, bool channelsLast = true)
    {
        ArgumentNullException.ThrowIfNull(input);
        _input = input with { ChannelsLast = channelsLast };
        _layers.Add(new Layer { Name = input.Name, Op = new InputOp() });
        _names.Add(input.Name);
        _shapes[input.Name] = new TensorShape(input.Channels, input.Height, input.Width);
        Last = input.Name;
    }

    /// <summary>The layer added last.</summary>
    public string Last { get; private set; }

    /// <summary>Number of weight values so far.</summary>
    public long Parameters { get; private set; }

    /// <summary>Whether the network is a Keras Sequential model, whose summary leaves the input out. Default false.</summary>
    public bool Sequential { get; set; }

    /// <summary>
    /// Whether the network built has its layers in the order of Keras' summary, by depth, rather than as they were added.
    /// Default false.
    /// </summary>
    public bool OrderByDepth { get; set; }

    /// <summary>A layer's output for one sample at the declared input size.</summary>
    public TensorShape ShapeOf(string layer) => _shapes[layer];

    public bool Contains(string layer) => _names.Contains(layer);

    /// <summary>The network so far.</summary>
    /// <param name="name">Its name in requests.</param>
    /// <param name="description">One line about it.</param>
    /// <param name="seed">Names the initial values.</param>
    /// <param name="trained">Trained values by weight key ("layer/role"), in the layer's own order; the rest is initial.</param>
    /// <exception cref="ModelFormatException">Trained values fit no weight.</exception>
    public ModelGraph Build(
        string name, string description = "", ulong seed = 0, IReadOnlyDictionary<string, float[]>? trained = null)
    {
        Dictionary<string, float[]> given = new(_fixed, StringComparer.Ordinal);
        foreach (var (key, values) in trained ?? new Dictionary<string, float[]>())
        {
            given[key] = values;
        }

        Layer[] layers =
        [
            .. (OrderByDepth ? KerasOrder.Sort(_layers) : _layers)
                .Select(layer => layer with { Untrained = layer.Weights.Any(weight => !given.ContainsKey(weight.Key)) }),
        ];
        var store = new SeededWeightStore(Describe(), seed, _tensors, given);
        return new ModelGraph(name, _input with { FixedSize = _input.FixedSize || _fixedSize || _samePadding }, layers, store)
        {
            Description = description,
            Outputs = [Last],
            Sequential = Sequential,
        };
    }

    internal string Add(string name, LayerOp op, string? from, IReadOnlyList<LayerWeight> weights, string? className = null) =>
        Append(new Layer { Name = name, Op = op, Inputs = [from ?? Last], Weights = weights }, className);

    /// <summary>Adds a layer and, where it has an activation, that activation under the layer's name.</summary>
    internal string AddActivated(string name, LayerOp op, string? from, IReadOnlyList<LayerWeight> weights, LayerOp? activation)
    {
        if (activation is null or ActivationOp { Kind: ActivationKind.Linear })
        {
            return Add(name, op, from, weights);
        }

        var inside = $"{name}/preactivation";
        Append(new Layer { Name = inside, Op = op, Inputs = [from ?? Last], Weights = weights, PartOf = name }, className: null);
        return Append(new Layer { Name = name, Op = activation, Inputs = [inside] }, className: null);
    }

    internal string Append(Layer layer, string? className)
    {
        if (_layers.Count >= ModelLimits.MaxLayers)
        {
            throw new ModelFormatException($"the network has more than {ModelLimits.MaxLayers} layers");
        }

        if (className is not null)
        {
            layer = layer with { ClassName = className };
        }

        if (_names.Contains(layer.Name))
        {
            throw new ModelFormatException($"two layers are named '{layer.Name}'");
        }

        if (layer.Op is not UnsupportedOp)
        {
            _shapes[layer.Name] = ShapeInference.InferLayer(layer, [.. layer.Inputs.Select(input => _shapes[input])]);
        }

        _names.Add(layer.Name);
        _layers.Add(layer);
        Parameters += layer.Weights.Sum(weight => weight.ElementCount);
        return Last = layer.Name;
    }

    internal LayerWeight Weight(string layer, string role, InitialValues initial, WeightLayout layout, params int[] shape)
    {
        var weight = new LayerWeight(role, $"{layer}/{role}", shape, layout);
        _tensors[weight.Key] = (shape, initial);
        return weight;
    }

    internal TensorShape MapBefore(string? from)
    {
        var shape = _shapes[from ?? Last];
        return shape.IsFeatureMap
            ? shape
            : throw new ModelFormatException($"it needs a feature map (height, width, channels); '{from ?? Last}' gives {shape}");
    }

    /// <summary>The architecture as text, for the digest: every layer with its attributes, inputs and weights' shapes.</summary>
    private string Describe()
    {
        var text = new StringBuilder().Append(JsonSerializer.Serialize(_input)).Append('\n');
        foreach (var layer in _layers)
        {
            text.Append(layer.Op.GetType().Name).Append(JsonSerializer.Serialize(layer.Op, layer.Op.GetType()));
            text.Append(JsonSerializer.Serialize(new { layer.Name, layer.Inputs, layer.Weights })).Append('\n');
        }

        return text.ToString();
    }
}
