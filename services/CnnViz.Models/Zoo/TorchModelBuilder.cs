namespace CnnViz.Models;

/// <summary>
/// Builds networks as PyTorch modules of the same names would: kernels (out, in, kh, kw) and (out, in), channels-first, epsilon
/// 1e-5. A layer has its module's path for a name; a weight's key is "path/role". Weights start as those of
/// <see cref="KerasModelBuilder"/>, on which it is built.
/// </summary>
internal sealed class TorchModelBuilder
{
    private const float Epsilon = 1e-5f;

    private static readonly ActivationOp _relu = new(ActivationKind.Relu);

    private readonly KerasModelBuilder _builder = new(KerasInput.Torch() with { Name = "input" }, channelsLast: false);

    public string Last => _builder.Last;

    public int ChannelsOf(string layer) => _builder.ShapeOf(layer).Channels;

    /// <summary>torch.nn.Conv2d with equal extents both ways.</summary>
    public string Conv2d(
        string name, int filters, int kernel, int stride = 1, int padding = 0, bool bias = true, string? from = null)
    {
        var input = _builder.MapBefore(from).Channels;
        var initial = InitialValues.HeNormal((long)kernel * kernel * input);
        List<LayerWeight> weights =
            [_builder.Weight(name, "kernel", initial, WeightLayout.Oihw, filters, input, kernel, kernel)];
        _builder.AddBias(weights, name, filters, bias);
        var op = new Conv2DOp(new Size2D(stride, stride), Size2D.One, Padding2D.Uniform(padding));
        return _builder.Add(name, op, from, weights);
    }

    /// <summary>torch.nn.BatchNorm2d.</summary>
    public string BatchNorm2d(string name) => _builder.BatchNormalization(name, Epsilon);

    /// <summary>torch.nn.ReLU.</summary>
    public string Relu(string name) => _builder.Add(name, _relu, from: null, []);

    /// <summary>torch.nn.MaxPool2d; its padding counts as minus infinity.</summary>
    public string MaxPool2d(string name, int window, int stride, int padding = 0)
    {
        var op = new Pool2DOp(PoolKind.Max, new Size2D(window, window), new Size2D(stride, stride), Padding2D.Uniform(padding));
        return _builder.Add(name, op, from: null, []);
    }

    /// <summary>torch.nn.AdaptiveAvgPool2d(1), flattened.</summary>
    public string GlobalAverage(string name) => _builder.GlobalPooling2D(name, PoolKind.Average);

    /// <summary>torch.flatten behind the batch: (channels, height, width) order. The size is fixed from here on.</summary>
    public string Flatten(string name)
    {
        _builder.FixSize();
        return _builder.Add(name, new FlattenOp(ChannelsLast: false), from: null, []);
    }

    /// <summary>torch.nn.Linear.</summary>
    public string Linear(string name, int units)
    {
        var input = _builder.ShapeOf(Last).Channels;
        List<LayerWeight> weights =
            [_builder.Weight(name, "kernel", InitialValues.HeNormal(input), WeightLayout.OutIn, units, input)];
        _builder.AddBias(weights, name, units, wanted: true);
        return _builder.Add(name, new DenseOp(), from: null, weights);
    }

    /// <summary>torch.nn.Dropout.</summary>
    public string Dropout(string name) => _builder.Dropout(name);

    /// <summary>left + right.</summary>
    public string Sum(string name, string left, string right) => _builder.Sum(name, left, right);

    public ModelGraph Build(string name, string description) => _builder.Build(name, description);
}
