namespace CnnViz.Models.Keras;

/// <summary>Layers that join or rearrange; Keras' axis order shows in them.</summary>
internal sealed partial class KerasTranslator
{
    private void Concatenate(string name, KerasAttributes attributes, string[] inputs)
    {
        if (inputs.Length == 0)
        {
            throw new ModelFormatException("it takes no tensor");
        }

        var axis = Axis(attributes.Int("axis", -1), _builder.ShapeOf(inputs[0]));
        _builder.Append(new Layer { Name = name, Op = new ConcatenateOp(axis), Inputs = inputs }, className: null);
    }

    private void Flatten(string name, KerasAttributes attributes, string input)
    {
        var shape = _builder.ShapeOf(input);

        // Keras moves a channels-first map's channels behind before it flattens, so that both formats give the same vector.
        var moves = attributes.Text("data_format") == "channels_first";
        if (shape.IsFeatureMap && moves && _builder.ChannelsLast)
        {
            throw new UnsupportedNodeException("its data_format is not the model's, which is channels_last");
        }

        if (shape.IsFeatureMap)
        {
            _builder.FixSize();
        }
        else if (moves && shape.Rank > 1)
        {
            throw new UnsupportedNodeException("it moves the channels of a tensor that is no feature map");
        }

        _builder.Add(name, new FlattenOp(ChannelsLast: _builder.ChannelsLast || moves), input, []);
    }

    private void Reshape(string name, KerasAttributes attributes, string input)
    {
        var shape = _builder.ShapeOf(input);
        var target = Resolve(attributes.Ints("target_shape"), shape.ElementCount);
        var (from, to) = (IsReordered(shape), _builder.ChannelsLast && target.Length == 3);
        List<(LayerOp, LayerWeight[])> steps = [];
        if (from && shape.Height * (long)shape.Width > 1 && shape.Channels > 1)
        {
            steps.Add((new TransposeOp(1, 2, 0), []));
        }

        // With one cell or one channel both orders are the same.
        if (to && (target[2] == 1 || target[0] * (long)target[1] == 1))
        {
            steps.Add((new ReshapeOp(target[2], target[0], target[1]), []));
        }
        else
        {
            steps.Add((new ReshapeOp(target), []));
            if (to)
            {
                steps.Add((new TransposeOp(2, 0, 1), []));
            }
        }

        // A vector or a map of one cell does not depend on the picture's size; the rest does.
        if (shape.Rank > 1 && !(shape.IsFeatureMap && shape.Height == 1 && shape.Width == 1))
        {
            _builder.FixSize();
        }

        Chain(name, "Reshape", input, steps);
    }

    private static int[] Resolve(int[] target, long elements)
    {
        if (target.Count(extent => extent == -1) > 1 || target.Any(extent => extent is < -1 or 0) || target.Length == 0)
        {
            throw new ModelFormatException($"its target_shape ({string.Join(", ", target)}) is no shape");
        }

        var known = target.Where(extent => extent > 0).Aggregate(1L, (product, extent) => checked(product * extent));
        int[] resolved = [.. target.Select(extent => extent == -1 ? (int)Math.Min(elements / known, int.MaxValue) : extent)];
        return resolved.All(extent => extent >= 1)
            && resolved.Aggregate(1L, (product, extent) => checked(product * extent)) == elements
            ? resolved
            : throw new ModelFormatException($"its {elements} values do not fit ({string.Join(", ", target)})");
    }

    private void Permute(string name, KerasAttributes attributes, string input)
    {
        var shape = _builder.ShapeOf(input);
        int[] dims = [.. attributes.Ints("dims").Select(axis => axis - 1)];
        if (!dims.Order().SequenceEqual(Enumerable.Range(0, shape.Rank)))
        {
            throw new ModelFormatException($"its dims do not name {shape.Rank} axes, each once");
        }

        var permutation = new int[dims.Length];
        for (var axis = 0; axis < dims.Length; axis++)
        {
            permutation[AxisHere(axis, shape)] = AxisHere(dims[axis], shape);
        }

        _builder.Add(name, new TransposeOp(permutation), input, []);
    }
}
