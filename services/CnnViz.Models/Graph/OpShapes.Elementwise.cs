namespace CnnViz.Models;

/// <summary>Ops that work cell by cell.</summary>
internal static partial class OpShapes
{
    private static TensorShape Activation(ActivationOp op, TensorShape input)
    {
        if (!float.IsFinite(op.Alpha) || !float.IsFinite(op.Beta) || op is { Kind: ActivationKind.Celu, Alpha: 0 })
        {
            throw new ModelFormatException($"{op.Kind} does not take the parameters {op.Alpha} and {op.Beta}");
        }

        return input;
    }

    private static TensorShape PRelu(Layer layer, TensorShape input)
    {
        var alpha = Required(layer, "alpha");
        return Broadcast(input.Dims.AsSpan(), [.. alpha.Shape]) == input
            ? input
            : throw new ModelFormatException($"its alpha ({string.Join(", ", alpha.Shape)}) is larger than its input");
    }

    private static TensorShape Clip(ClipOp op, TensorShape input) => float.IsNaN(op.Minimum) || float.IsNaN(op.Maximum)
        ? throw new ModelFormatException($"its bounds are {op.Minimum} and {op.Maximum}")
        : input;

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
                throw new ModelFormatException(
                    $"({string.Join(", ", a.ToArray())}) and ({string.Join(", ", b.ToArray())}) do not broadcast");
            }

            dims[^i] = left == 1 ? right : left;
        }

        return new TensorShape(dims);
    }
}
