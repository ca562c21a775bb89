namespace CnnViz.Models;

/// <summary>Ops on any rank.</summary>
internal static partial class OpShapes
{
    private static TensorShape Dense(Layer layer, TensorShape input)
    {
        var kernel = Required(layer, "kernel");
        if (kernel.Shape.Count != 2 || kernel.Layout is not (WeightLayout.Plain or WeightLayout.OutIn))
        {
            throw new ModelFormatException($"its kernel has shape ({string.Join(", ", kernel.Shape)}), layout {kernel.Layout}; it needs (in, out)");
        }

        var (taken, made) = kernel.Layout == WeightLayout.OutIn
            ? (kernel.Shape[1], kernel.Shape[0])
            : (kernel.Shape[0], kernel.Shape[1]);
        if (input.Rank < 1 || input[input.Rank - 1] != taken)
        {
            throw new ModelFormatException($"its kernel takes {taken} features");
        }

        RequireVector(layer, "bias", made, optional: true);
        return Replace(input, input.Rank - 1, made);
    }

    private static TensorShape BatchNormalization(Layer layer, TensorShape input)
    {
        if (input.Rank < 1)
        {
            throw new ModelFormatException("it needs a channel axis");
        }

        RequireVector(layer, "gamma", input.Channels, optional: true);
        RequireVector(layer, "beta", input.Channels, optional: true);
        RequireVector(layer, "moving_mean", input.Channels, optional: false);
        RequireVector(layer, "moving_variance", input.Channels, optional: false);
        return input;
    }

    private static TensorShape Softmax(SoftmaxOp op, TensorShape input)
    {
        Axis(op.Axis, input.Rank);
        return input;
    }

    private static TensorShape Binary(Layer layer, IReadOnlyList<TensorShape> inputs)
    {
        var constant = layer.Weight("constant");
        return constant is null
            ? Broadcast(inputs[0].Dims.AsSpan(), inputs[1].Dims.AsSpan())
            : Broadcast(inputs[0].Dims.AsSpan(), [.. constant.Shape]);
    }

    /// <summary>NumPy's rule: aligned at the last axis, extents equal or 1.</summary>
    private static TensorShape Broadcast(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        var dims = new int[Math.Max(a.Length, b.Length)];
        for (var i = 1; i <= dims.Length; i++)
        {
            var left = i <= a.Length ? a[^i] : 1;
            var right = i <= b.Length ? b[^i] : 1;
            if (left != right && left != 1 && right != 1)
            {
                throw new ModelFormatException($"({string.Join(", ", a.ToArray())}) and ({string.Join(", ", b.ToArray())}) do not broadcast");
            }

            dims[^i] = left == 1 ? right : left;
        }

        return new TensorShape(dims);
    }

    private static TensorShape Concatenate(ConcatenateOp op, IReadOnlyList<TensorShape> inputs)
    {
        var axis = Axis(op.Axis, inputs[0].Rank);
        var sum = 0L;
        foreach (var input in inputs)
        {
            if (input.Rank != inputs[0].Rank || Replace(input, axis, 1) != Replace(inputs[0], axis, 1))
            {
                throw new ModelFormatException($"its inputs differ elsewhere than on axis {axis}");
            }

            sum += input[axis];
        }

        return Replace(inputs[0], axis, Extent(sum, $"axis {axis}"));
    }

    private static TensorShape Slice(SliceOp op, TensorShape input)
    {
        var axis = Axis(op.Axis, input.Rank);
        if (op.Start < 0 || op.Length < 1 || (long)op.Start + op.Length > input[axis])
        {
            throw new ModelFormatException($"{op.Length} indices from {op.Start} do not lie within axis {axis} of extent {input[axis]}");
        }

        return Replace(input, axis, op.Length);
    }

    private static TensorShape Reshape(ReshapeOp op, TensorShape input)
    {
        if (op.Dims.Length > ModelLimits.MaxRank)
        {
            throw new ModelFormatException($"its rank {op.Dims.Length} is over {ModelLimits.MaxRank}");
        }

        var dims = new int[op.Dims.Length];
        var known = 1L;
        var rest = -1;
        for (var i = 0; i < dims.Length; i++)
        {
            if (op.Dims[i] == -1 && rest < 0)
            {
                rest = i;
                continue;
            }

            dims[i] = op.Dims[i] == 0 && i < input.Rank ? input[i] : op.Dims[i];
            if (dims[i] < 1)
            {
                throw new ModelFormatException($"({string.Join(", ", op.Dims)}) is no shape");
            }

            known = checked(known * dims[i]);
        }

        if (rest >= 0)
        {
            dims[rest] = Extent(input.ElementCount / known, $"axis {rest}");
            known = checked(known * dims[rest]);
        }

        return known == input.ElementCount
            ? new TensorShape(dims)
            : throw new ModelFormatException($"its {input.ElementCount} elements do not fit ({string.Join(", ", op.Dims)})");
    }

    private static TensorShape Transpose(TransposeOp op, TensorShape input)
    {
        if (op.Permutation.Length != input.Rank || !op.Permutation.Order().SequenceEqual(Enumerable.Range(0, input.Rank)))
        {
            throw new ModelFormatException($"({string.Join(", ", op.Permutation)}) is no permutation of {input.Rank} axes");
        }

        return new TensorShape([.. op.Permutation.Select(axis => input[axis])]);
    }
}
