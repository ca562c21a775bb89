namespace CnnViz.Models.Onnx;

/// <summary>Computes ops whose inputs are all constant; they work out shapes and sizes.</summary>
internal sealed class OnnxFolder(OnnxConstants constants, int opset)
{
    /// <summary>The values of a node's outputs.</summary>
    /// <exception cref="UnsupportedNodeException">The op is none that works out shapes and sizes.</exception>
    public OnnxConst[] Fold(OnnxNode node, OnnxConst?[] inputs)
    {
        var name = node.Outputs[0];
        return node.Op switch
        {
            "Identity" => [At(0)],
            "Add" => [Elementwise(static (a, b) => a + b)],
            "Sub" => [Elementwise(static (a, b) => a - b)],
            "Mul" => [Elementwise(static (a, b) => a * b)],
            "Div" => [Elementwise(At(0).Whole ? Quotient : static (a, b) => a / b)],
            "Max" => [Elementwise(Math.Max)],
            "Min" => [Elementwise(Math.Min)],
            "Pow" => [Elementwise(Math.Pow)],
            "Floor" => [Each(Math.Floor)],
            "Ceil" => [Each(Math.Ceiling)],
            "Sqrt" => [Each(Math.Sqrt)],
            "Neg" => [Each(static value => -value)],
            "Cast" => [Cast(node, At(0))],
            "Shape" => [constants.Computed(name, [At(0).Dims.Length], true, [.. At(0).Dims.Select(extent => (double)extent)])],
            "Size" => [constants.Computed(name, [], true, [At(0).Count])],
            "ConstantOfShape" => [ConstantOfShape(node, constants.Integers(At(0)))],
            "Range" => [Range(name, At(0), constants.Scalar(At(1)), constants.Scalar(At(2)))],
            "Gather" => [Gather(node, At(0), At(1))],
            "Slice" => [Slice(node, inputs)],
            "Concat" => [Concatenate(node, inputs)],
            "Split" => Split(node, inputs),
            "Reshape" => [Renamed(OnnxShapes.Resolve(constants.Integers(At(1)), At(0).Dims, node.Int("allowzero", 0) != 0))],
            "Flatten" or "Squeeze" or "Unsqueeze" => [Renamed(Reranked(node, inputs))],
            "Transpose" => [Transposed(node, At(0))],
            "DequantizeLinear" => [Dequantized(node, inputs)],
            _ => throw new UnsupportedNodeException("the reader cannot compute this op on constants"),
        };

        OnnxConst At(int i) =>
            i < inputs.Length && inputs[i] is { } input ? input : throw new ModelFormatException($"input {i} is missing");

        OnnxConst Elementwise(Func<double, double, double> f) => Broadcast(name, At(0), At(1), f);

        OnnxConst Each(Func<double, double> f) =>
            constants.Computed(name, At(0).Dims, At(0).Whole, [.. constants.Values(At(0)).Select(f)]);

        OnnxConst Renamed(int[] dims) => At(0) with { Dims = dims };
    }

    private static double Quotient(double a, double b) =>
        b == 0 ? throw new ModelFormatException("it divides by zero") : Math.Truncate(a / b);

    private OnnxConst Broadcast(string name, OnnxConst left, OnnxConst right, Func<double, double, double> f)
    {
        var rank = Math.Max(left.Dims.Length, right.Dims.Length);
        int[] a = [.. Enumerable.Repeat(1, rank - left.Dims.Length), .. left.Dims];
        int[] b = [.. Enumerable.Repeat(1, rank - right.Dims.Length), .. right.Dims];
        var dims = new int[rank];
        for (var i = 0; i < rank; i++)
        {
            dims[i] = a[i] == b[i] || b[i] == 1 ? a[i] : a[i] == 1 ? b[i] : throw new ModelFormatException("its constants' shapes do not broadcast");
        }

        var (x, y) = (constants.Values(left), constants.Values(right));
        var values = new double[Count(dims)];
        for (var i = 0; i < values.Length; i++)
        {
            var (at, bt, rest, astep, bstep) = (0, 0, i, 1, 1);
            for (var axis = rank - 1; axis >= 0; rest /= dims[axis], astep *= a[axis], bstep *= b[axis], axis--)
            {
                at += a[axis] == 1 ? 0 : rest % dims[axis] * astep;
                bt += b[axis] == 1 ? 0 : rest % dims[axis] * bstep;
            }

            values[i] = f(x[at], y[bt]);
        }

        return constants.Computed(name, dims, left.Whole && right.Whole, values);
    }

    private OnnxConst Cast(OnnxNode node, OnnxConst input)
    {
        var to = node.Int("to", 0);
        if (OnnxDataType.Size(to) == 0)
        {
            throw new UnsupportedNodeException("it converts to a type that is not supported");
        }

        var whole = !OnnxDataType.IsFloating(to);
        if (input.Key is not null && !whole)
        {
            return input;
        }

        var values = constants.Values(input);
        return constants.Computed(node.Outputs[0], input.Dims, whole, to switch
        {
            OnnxDataType.Bool => [.. values.Select(value => value == 0 ? 0d : 1d)],
            _ when whole => [.. values.Select(Math.Truncate)],
            _ => values,
        });
    }

    private OnnxConst ConstantOfShape(OnnxNode node, int[] dims)
    {
        var value = node.Attributes.TryGetValue("value", out var attribute) && attribute.Tensor is { } tensor
            ? constants.Of($"{node.Outputs[0]}/value", tensor)
            : new OnnxConst("", [], Whole: false) { Values = [0] };
        return constants.Computed(
            node.Outputs[0], dims, value.Whole, [.. Enumerable.Repeat(constants.Scalar(value), Count(dims))]);
    }

    private OnnxConst Range(string name, OnnxConst first, double limit, double delta)
    {
        var start = constants.Scalar(first);
        var count = delta == 0 ? -1 : Math.Max(0, Math.Ceiling((limit - start) / delta));
        return count is >= 0 and <= OnnxConstants.MaxFolded
            ? constants.Computed(name, [(int)count], first.Whole, [.. Enumerable.Range(0, (int)count).Select(i => start + (delta * i))])
            : throw new ModelFormatException($"a range from {start} to {limit} by {delta} is endless or too long");
    }

    private OnnxConst Gather(OnnxNode node, OnnxConst data, OnnxConst indices)
    {
        var axis = OnnxShapes.Axis(node.Int("axis", 0), data.Dims.Length);
        var picks = constants.Integers(indices);
        int[] dims = [.. data.Dims[..axis], .. indices.Dims, .. data.Dims[(axis + 1)..]];
        var inner = Count(data.Dims[(axis + 1)..]);
        var outer = Count(data.Dims[..axis]);
        var extent = data.Dims[axis];
        var source = constants.Values(data);
        var values = new double[Count(dims)];
        var next = 0;
        for (var o = 0; o < outer; o++)
        {
            foreach (var pick in picks)
            {
                var index = pick < 0 ? pick + extent : pick;
                if (index < 0 || index >= extent)
                {
                    throw new ModelFormatException($"it takes index {pick} of an extent of {extent}");
                }

                source.AsSpan(((o * extent) + index) * inner, inner).CopyTo(values.AsSpan(next));
                next += inner;
            }
        }

        return constants.Computed(node.Outputs[0], dims, data.Whole, values);
    }

    private OnnxConst Slice(OnnxNode node, OnnxConst?[] inputs)
    {
        var data = inputs[0] ?? throw new ModelFormatException("input 0 is missing");
        var ranges = OnnxShapes.Slices(
            node, data.Dims, i => inputs.ElementAtOrDefault(i) is { } input ? constants.Integers(input) : null);
        var result = data;
        for (var axis = 0; axis < ranges.Length; axis++)
        {
            var (start, length, step) = ranges[axis];
            if ((start, length, step) != (0, data.Dims[axis], 1))
            {
                result = Cut(node.Outputs[0], result, axis, start, length, step);
            }
        }

        return result;
    }

    private OnnxConst Cut(string name, OnnxConst data, int axis, int start, int length, int step)
    {
        var dims = data.Dims.ToArray();
        dims[axis] = length;
        var inner = Count(dims[(axis + 1)..]);
        var source = constants.Values(data);
        var values = new double[Count(dims)];
        for (var i = 0; i < values.Length; i++)
        {
            var (row, within) = (i / inner, i % inner);
            values[i] = source[(((row / length * data.Dims[axis]) + start + (row % length * step)) * inner) + within];
        }

        return constants.Computed(name, dims, data.Whole, values);
    }

    private OnnxConst Concatenate(OnnxNode node, OnnxConst?[] inputs)
    {
        OnnxConst[] parts = [.. inputs.OfType<OnnxConst>()];
        if (parts.Length == 0 || parts.Any(part => part.Dims.Length != 1))
        {
            throw new UnsupportedNodeException("only constant vectors are joined");
        }

        Count([(int)Math.Min(parts.Sum(part => part.Count), int.MaxValue)]);
        double[] values = [.. parts.SelectMany(constants.Values)];
        return constants.Computed(node.Outputs[0], [values.Length], parts[0].Whole, values);
    }

    private OnnxConst[] Split(OnnxNode node, OnnxConst?[] inputs)
    {
        var data = inputs[0] ?? throw new ModelFormatException("input 0 is missing");
        var axis = OnnxShapes.Axis(node.Int("axis", 0), data.Dims.Length);
        var sizes = node.Ints("split") ?? (inputs.ElementAtOrDefault(1) is { } given ? constants.Integers(given) : null);
        var lengths = OnnxShapes.Parts(sizes, node.Outputs.Count, data.Dims[axis]);
        var start = 0;
        var parts = new OnnxConst[lengths.Length];
        for (var i = 0; i < lengths.Length; start += lengths[i++])
        {
            parts[i] = Cut(node.Outputs[i], data, axis, start, lengths[i], step: 1);
        }

        return parts;
    }

    private int[] Reranked(OnnxNode node, OnnxConst?[] inputs)
    {
        var data = inputs[0] ?? throw new ModelFormatException("input 0 is missing");
        if (node.Op == "Flatten")
        {
            var axis = node.Int("axis", 1);
            axis = axis < 0 ? axis + data.Dims.Length : axis;
            return axis >= 0 && axis <= data.Dims.Length
                ? [checked((int)OnnxShapes.Count(data.Dims.AsSpan(0, axis))), checked((int)OnnxShapes.Count(data.Dims.AsSpan(axis)))]
                : throw new ModelFormatException($"axis {axis} does not exist at rank {data.Dims.Length}");
        }

        var axes = node.Ints("axes") ?? (inputs.ElementAtOrDefault(1) is { } given ? constants.Integers(given) : null);
        return node.Op == "Squeeze" ? OnnxShapes.Squeezed(data.Dims, axes) : OnnxShapes.Unsqueezed(data.Dims, axes ?? []);
    }

    private OnnxConst Transposed(OnnxNode node, OnnxConst data)
    {
        var permutation = OnnxShapes.Permutation(node, data.Dims.Length);
        return constants.Permuted(data, data.Dims, permutation);
    }

    /// <summary>
    /// An int8 or uint8 weight of moderate size with one scale, or one per index of an axis: (x - zero point) scale.
    /// </summary>
    private OnnxConst Dequantized(OnnxNode node, OnnxConst?[] inputs)
    {
        if (inputs is not [{ } data, { } scale, ..])
        {
            throw new ModelFormatException("its input or scale is missing");
        }

        var values = constants.Values(data);
        var scales = constants.Values(scale);
        var zeros = inputs.ElementAtOrDefault(2) is { } zero ? constants.Values(zero) : new double[scales.Length];
        var axis = scales.Length == 1 ? 0 : OnnxShapes.Axis(node.Int("axis", opset >= 10 ? 1 : 0), data.Dims.Length);
        if (zeros.Length != scales.Length || scales.Length == 0 || (scales.Length > 1 && scales.Length != data.Dims[axis]))
        {
            throw new ModelFormatException($"it has {scales.Length} scales and {zeros.Length} zero points");
        }

        var inner = scales.Length == 1 ? Math.Max(values.Length, 1) : Count(data.Dims[(axis + 1)..]);
        return constants.Computed(node.Outputs[0], data.Dims, false, [.. values.Select((value, i) =>
        {
            var at = i / inner % scales.Length;
            return (value - zeros[at]) * scales[at];
        })]);
    }

    private static int Count(int[] dims)
    {
        var count = OnnxShapes.Count(dims);
        return count <= OnnxConstants.MaxFolded && dims.Length <= ModelLimits.MaxRank
            ? (int)count
            : throw new UnsupportedNodeException(
                $"a constant of shape ({string.Join(", ", dims.Take(16))}) is too large to compute with");
    }
}
