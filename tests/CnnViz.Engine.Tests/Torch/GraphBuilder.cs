using CnnViz.Models;

namespace CnnViz.Engine.Tests.Torch;

/// <summary>Builds small networks with seeded random weights, layer by layer; each method returns the layer's name.</summary>
internal sealed class GraphBuilder
{
    private readonly Random _random;
    private readonly List<Layer> _layers = [];
    private readonly Dictionary<string, (int[] Shape, float[] Values)> _weights = new(StringComparer.Ordinal);
    private readonly int _channels;

    public GraphBuilder(int channels, int seed = 1)
    {
        _channels = channels;
        _random = new Random(seed);
        _layers.Add(new Layer { Name = "input", Op = new InputOp() });
    }

    public string Last => _layers[^1].Name;

    public string Add(LayerOp op, params string[] inputs) => AddWeighted(op, [], inputs);

    /// <summary>Weights are uniform in [-scale, scale]; their shape is in the layout's order.</summary>
    public string AddWeighted(LayerOp op, (string Role, WeightLayout Layout, int[] Shape)[] weights, params string[] inputs)
    {
        var name = $"layer_{_layers.Count}";
        _layers.Add(new Layer
        {
            Name = name,
            Op = op,
            Inputs = inputs.Length > 0 ? inputs : [Last],
            Weights = [.. weights.Select(w => Create(name, w.Role, w.Layout, w.Shape))],
            SourceNames = [$"source/{name}"],
        });
        return name;
    }

    public string Conv(int inputs, int outputs, int kernel, int stride = 1, int? padding = null, params string[] sources)
        => AddWeighted(
            new Conv2DOp(new Size2D(stride, stride), Size2D.One, Padding2D.Uniform(padding ?? kernel / 2)),
            [("kernel", WeightLayout.Oihw, [outputs, inputs, kernel, kernel]), ("bias", WeightLayout.Plain, [outputs])],
            sources);

    public ModelGraph Build(int height = 12, int width = 14) => new(
        "test",
        new InputSpec
        {
            Name = "input",
            Height = height,
            Width = width,
            Channels = _channels,
            Order = ChannelOrder.Other,
            Mean = [.. Enumerable.Repeat(0f, _channels)],
            Std = [.. Enumerable.Repeat(1f, _channels)],
        },
        _layers,
        new MemoryWeightStore(_weights));

    private LayerWeight Create(string layer, string role, WeightLayout layout, int[] shape)
    {
        var count = shape.Aggregate(1, (a, b) => a * b);
        var fanIn = role == "kernel" ? Math.Max(1, count / shape.Max()) : 1;
        var scale = role == "kernel" ? Math.Sqrt(3.0 / fanIn) : 1;
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            var uniform = (2 * _random.NextDouble()) - 1;

            // A variance is positive, and a divisor keeps away from zero.
            values[i] = (float)(role is "moving_variance" or "constant" ? 1 + (0.5 * uniform) : scale * uniform);
        }

        var key = $"{layer}/{role}";
        _weights.Add(key, (shape, values));
        return new LayerWeight(role, key, shape, layout);
    }
}
