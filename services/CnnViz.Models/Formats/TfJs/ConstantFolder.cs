namespace CnnViz.Models.TfJs;

/// <summary>Computes ops whose inputs are all constant; they work out shapes and sizes.</summary>
internal static class ConstantFolder
{
    private const int MaxResult = 65_536;

    public static TfConst Fold(NodeDef node, TfConst[] inputs, ConstantTensors constants)
    {
        var name = node.Name;
        return node.Op switch
        {
            "Add" or "AddV2" => Elementwise(static (a, b) => a + b),
            "Sub" => Elementwise(static (a, b) => a - b),
            "Mul" => Elementwise(static (a, b) => a * b),
            "RealDiv" or "Div" => Elementwise(static (a, b) => a / b),
            "FloorDiv" => Elementwise(static (a, b) => Math.Floor(a / b)),
            "Maximum" => Elementwise(Math.Max),
            "Minimum" => Elementwise(Math.Min),
            "Cast" => Cast(node, inputs[0], constants),
            "Shape" => Vector([.. inputs[0].Dims.Select(extent => (double)extent)]),
            "Reshape" => inputs[0] with { Name = name, Dims = ReshapedDims(inputs[0], constants.Integers(At(1))) },
            "Pack" => Pack(node, inputs, constants),
            "ConcatV2" => Concatenate(name, inputs, constants),
            "Range" => Range(name, constants.Integer(At(0)), constants.Integer(At(1)), constants.Integer(At(2))),
            "Fill" => Fill(name, constants.Integers(At(0)), constants.Values(At(1))),
            "SparseToDense" => SparseToDense(name, inputs, constants),
            "StridedSlice" or "Slice" => Slice(node, inputs, constants),
            _ => throw new UnsupportedNodeException("the reader cannot compute this op on constants"),
        };

        TfConst At(int i) => i < inputs.Length ? inputs[i] : throw new ModelFormatException($"input {i} is missing");

        TfConst Vector(double[] values) => new(name, [values.Length], null, values);

        TfConst Elementwise(Func<double, double, double> f) => Broadcast(name, At(0), At(1), f, constants);
    }

    private static TfConst Broadcast(
        string name, TfConst left, TfConst right, Func<double, double, double> f, ConstantTensors constants)
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

        return new TfConst(name, dims, null, values);
    }

    private static TfConst Cast(NodeDef node, TfConst input, ConstantTensors constants)
    {
        var values = constants.Values(input);
        var whole = node.Attributes.TryGetProperty("DstT", out var target)
            && JsonShape.Text(target, "type") is "DT_INT32" or "DT_INT64";
        return new TfConst(node.Name, input.Dims, null, whole ? [.. values.Select(Math.Truncate)] : values);
    }

    private static int[] ReshapedDims(TfConst input, int[] wanted)
    {
        var known = wanted.Where(extent => extent != -1).Aggregate(
            1L, (product, extent) => Math.Min(product * Math.Max(extent, 0), int.MaxValue));
        var dims = wanted.Select(extent => extent == -1 && known > 0 ? (int)(input.Count / known) : extent).ToArray();
        return dims.Length <= ModelLimits.MaxRank && dims.All(extent => extent >= 0)
            && Count(dims, ModelLimits.MaxElements) == input.Count
            ? dims
            : throw new ModelFormatException($"{input.Count} values do not fit ({string.Join(", ", wanted.Take(16))})");
    }

    private static TfConst Pack(NodeDef node, TfConst[] inputs, ConstantTensors constants) =>
        node.Int("axis", 0) == 0 && inputs.All(input => input.Dims.AsSpan().SequenceEqual(inputs[0].Dims))
            ? Join(node.Name, [inputs.Length, .. inputs[0].Dims], inputs, constants)
            : throw new UnsupportedNodeException("only equal constants are stacked, along axis 0");

    private static TfConst Concatenate(string name, TfConst[] inputs, ConstantTensors constants)
    {
        var parts = inputs[..^1];
        return parts.Length > 0 && parts.All(part => part.Dims.Length == 1) && constants.Integer(inputs[^1]) is 0 or -1
            ? Join(name, [(int)Math.Min(parts.Sum(part => part.Count), MaxResult + 1L)], parts, constants)
            : throw new UnsupportedNodeException("only constant vectors are joined");
    }

    private static TfConst Join(string name, int[] dims, TfConst[] parts, ConstantTensors constants)
    {
        Count(dims);
        return new TfConst(name, dims, null, [.. parts.SelectMany(constants.Values)]);
    }

    private static TfConst Range(string name, int start, int limit, int delta)
    {
        var count = delta == 0 ? -1 : Math.Max(0, Math.Ceiling(((double)limit - start) / delta));
        return count is >= 0 and <= MaxResult
            ? new TfConst(name, [(int)count], null, [.. Enumerable.Range(0, (int)count).Select(i => start + ((double)delta * i))])
            : throw new ModelFormatException($"a range from {start} to {limit} by {delta} is endless or over {MaxResult} long");
    }

    private static TfConst Fill(string name, int[] dims, double[] value) => value.Length == 1
        ? new TfConst(name, dims, null, [.. Enumerable.Repeat(value[0], Count(dims))])
        : throw new ModelFormatException("it fills with more than one value");

    /// <summary>sparse_to_dense(indices, shape, values, default): TensorFlow's way to write a small mask.</summary>
    private static TfConst SparseToDense(string name, TfConst[] inputs, ConstantTensors constants)
    {
        if (inputs.Length != 4)
        {
            throw new ModelFormatException($"it has {inputs.Length} inputs instead of 4");
        }

        var shape = constants.Integers(inputs[1]);
        var indices = constants.Integers(inputs[0]);
        var values = constants.Values(inputs[2]);
        var fallback = constants.Values(inputs[3]);
        var dense = new double[Count(shape)];
        var count = shape.Length == 0 ? 0 : indices.Length / shape.Length;
        if (fallback.Length != 1 || (values.Length != 1 && values.Length != count) || (shape.Length > 0 && indices.Length % shape.Length != 0))
        {
            throw new ModelFormatException("its indices, values and default do not match");
        }

        Array.Fill(dense, fallback[0]);
        for (var i = 0; i < count; i++)
        {
            var at = 0;
            for (var axis = 0; axis < shape.Length; axis++)
            {
                var index = indices[(i * shape.Length) + axis];
                at = index >= 0 && index < shape[axis]
                    ? (at * shape[axis]) + index
                    : throw new ModelFormatException($"index {index} is outside an extent of {shape[axis]}");
            }

            dense[at] = values[values.Length == 1 ? 0 : i];
        }

        return new TfConst(name, shape, null, dense);
    }

    private static TfConst Slice(NodeDef node, TfConst[] inputs, ConstantTensors constants)
    {
        var input = inputs[0];
        if (input.Dims.Length != 1)
        {
            throw new UnsupportedNodeException("only constant vectors are cut");
        }

        // x[i] leaves a scalar: the one form that drops an axis.
        if (node.Op == "StridedSlice" && node.Int("shrink_axis_mask", 0) == 1 && inputs.Length == 4)
        {
            var index = constants.Integer(inputs[1]);
            index = index < 0 ? index + input.Dims[0] : index;
            return index >= 0 && index < input.Dims[0]
                ? new TfConst(node.Name, [], null, [constants.Values(input)[index]])
                : throw new ModelFormatException($"index {index} is outside an extent of {input.Dims[0]}");
        }

        var (start, length) = SliceRanges.Of(
            node, input.Dims, i => i < inputs.Length ? constants.Integers(inputs[i]) : throw new ModelFormatException($"input {i} is missing"))[0];
        return new TfConst(node.Name, [length], null, constants.Values(input)[start..(start + length)]);
    }

    private static int Count(int[] dims, long most = MaxResult)
    {
        var count = 1L;
        foreach (var extent in dims)
        {
            count = extent >= 0
                ? Math.Min(count * extent, most + 1)
                : throw new ModelFormatException($"an extent of {extent} is negative");
        }

        return count <= most && dims.Length <= ModelLimits.MaxRank
            ? (int)count
            : throw new ModelFormatException($"its result has over {most} values or {ModelLimits.MaxRank} axes");
    }
}
