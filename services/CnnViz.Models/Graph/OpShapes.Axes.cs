namespace CnnViz.Models;

/// <summary>Ops on the axes of any rank.</summary>
internal static partial class OpShapes
{
    private static TensorShape Dense(Layer layer, TensorShape input)
    {
        var kernel = Required(layer, "kernel");
        if (kernel.Shape.Count != 2 || kernel.Layout is not (WeightLayout.Plain or WeightLayout.OutIn))
        {
            throw new ModelFormatException(
                $"its kernel has shape ({string.Join(", ", kernel.Shape)}), layout {kernel.Layout}; it needs (in, out)");
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
        var last = op.Start + ((op.Length - 1L) * op.Step);
        if (op.Length < 1 || op.Step == 0 || op.Start < 0 || op.Start >= input[axis] || last < 0 || last >= input[axis])
        {
            var step = op.Step == 1 ? "" : $" by steps of {op.Step}";
            throw new ModelFormatException(
                $"{op.Length} indices from {op.Start}{step} do not lie within axis {axis} of extent {input[axis]}");
        }

        return Replace(input, axis, op.Length);
    }

    private static TensorShape ReduceMean(ReduceMeanOp op, TensorShape input)
    {
        int[] axes = [.. op.Axes.Select(axis => Axis(axis, input.Rank))];
        if (axes.Length == 0 || axes.Distinct().Count() != axes.Length)
        {
            throw new ModelFormatException($"its axes ({string.Join(", ", op.Axes)}) are none or repeat");
        }

        return op.KeepDims
            ? axes.Aggregate(input, (shape, axis) => Replace(shape, axis, 1))
            : new TensorShape([.. Enumerable.Range(0, input.Rank).Except(axes).Select(axis => input[axis])]);
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
