namespace CnnViz.Models.Safetensors;

/// <summary>Puts a file's tensors into a network's weights.</summary>
internal sealed class WeightBinding
{
    private readonly Dictionary<string, BoundTensor> _bound = new(StringComparer.Ordinal);
    private readonly List<Layer> _layers = [];
    private readonly ModelGraph _network;

    private WeightBinding(ModelGraph network) => _network = network;

    /// <summary>The first weight that found no fitting tensor, and why; null if all did.</summary>
    public string? Problem { get; private set; }

    /// <summary>Tensors of the file that the network uses.</summary>
    public int Used { get; private set; }

    /// <summary>How near the file is to the network: weights that fit, less those that do not or are missing.</summary>
    public int Nearness { get; private set; }

    /// <summary>Tries a network. Takes nothing from it and changes nothing.</summary>
    public static WeightBinding Try(ModelGraph network, TensorNames names)
    {
        var binding = new WeightBinding(network);
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var layer in network.Layers)
        {
            List<LayerWeight> weights = [];
            foreach (var weight in layer.Weights)
            {
                weights.Add(binding.Bind(layer, weight, names, used));
            }

            binding._layers.Add(layer with { Weights = weights, Untrained = false });
        }

        binding.Used = used.Count;
        return binding;
    }

    /// <summary>The network with the file's weights.</summary>
    /// <param name="file">Owned by the graph from here on.</param>
    /// <param name="fileName">Its name, without its directory.</param>
    /// <param name="options">Its name and description; what else is given takes the place of the network's own.</param>
    /// <exception cref="ModelFormatException">The options do not fit its channels.</exception>
    public ModelGraph Build(WeightStore file, string fileName, ModelReadOptions options) =>
        new(
            options.Name ?? _network.Name,
            PictureInput.Apply(_network.Input, options),
            _layers,
            new BoundWeightStore(file, _bound, _network.Weights))
        {
            Description = options.Description,
            Labels = options.Labels.Count > 0 ? options.Labels : _network.Labels,
            DeclaredClassLayer = options.ClassLayer ?? _network.DeclaredClassLayer,
            Outputs = _network.Outputs,
            Sequential = _network.Sequential,
            WeightsFile = fileName,
        };

    private LayerWeight Bind(Layer layer, LayerWeight weight, TensorNames names, HashSet<string> used)
    {
        // Constants belong to the network, and a count of samples to no result.
        if (names.Find(layer, weight) is not { } found)
        {
            return weight.Role is "constant" or "count" ? weight : Misfit(weight, $"it has no tensor for '{weight.Key}'");
        }

        var (tensor, torch) = found;
        used.Add(tensor.Key);
        var bound = torch ? InTorchOrder(layer, weight) : weight;
        if (!Fits(bound, tensor.Shape))
        {
            return Misfit(weight, $"tensor '{tensor.Key}' has shape ({string.Join(", ", tensor.Shape)}); "
                + $"'{weight.Key}' needs ({string.Join(", ", bound.Shape)})");
        }

        if (torch && bound.Layout == WeightLayout.OutIn && BehindChannelsLastFlatten(layer))
        {
            return Misfit(weight, $"tensor '{tensor.Key}' has PyTorch's order of rows, but the network flattens channels last");
        }

        Nearness++;
        _bound[weight.Key] = new BoundTensor(tensor.Key, bound.Shape);
        return bound;
    }

    private LayerWeight Misfit(LayerWeight weight, string problem)
    {
        Nearness--;
        Problem ??= problem;
        return weight;
    }

    /// <summary>
    /// The same extents; for a dense kernel also those of the 1x1 or whole-map convolution that it may be stored as.
    /// </summary>
    private static bool Fits(LayerWeight weight, IReadOnlyList<int> shape) => weight.Shape.SequenceEqual(shape)
        || (weight.Layout == WeightLayout.OutIn && shape is [var made, _, _, _] && made == weight.Shape[0]
            && shape.Aggregate(1L, (product, extent) => product * extent) == weight.ElementCount);

    private static LayerWeight InTorchOrder(Layer layer, LayerWeight weight)
    {
        if (weight.Role != "kernel")
        {
            return weight with { Shape = [checked((int)weight.ElementCount)] };
        }

        switch (layer.Op)
        {
            case Conv2DOp:
                var kernel = KernelShape.Of(weight);
                return weight with
                {
                    Shape = [kernel.Out, kernel.InPerGroup, kernel.Height, kernel.Width],
                    Layout = WeightLayout.Oihw,
                };
            case ConvTranspose2DOp transposed:
                var up = KernelShape.OfTransposed(weight, transposed.Groups);
                return weight with
                {
                    Shape = [up.InPerGroup * transposed.Groups, up.Out / transposed.Groups, up.Height, up.Width],
                    Layout = WeightLayout.Iohw,
                };
            case DenseOp when weight.Layout == WeightLayout.Plain:
                return weight with { Shape = [weight.Shape[1], weight.Shape[0]], Layout = WeightLayout.OutIn };
            default:
                return weight;
        }
    }

    /// <summary>
    /// Whether a dense layer takes a map flattened in another order than PyTorch's, directly or through cell-wise layers.
    /// </summary>
    private bool BehindChannelsLastFlatten(Layer layer)
    {
        for (var before = Before(layer); before is not null; before = Before(before))
        {
            switch (before.Op)
            {
                case FlattenOp flatten:
                    return flatten.ChannelsLast;
                case ActivationOp or DropoutOp or ClipOp:
                    continue;
                default:
                    return false;
            }
        }

        return false;

        Layer? Before(Layer next) => next.Inputs is [var input] ? _network.Find(input) : null;
    }
}
