namespace CnnViz.Models.Onnx;

/// <summary>Nodes that make a constant: Constant itself, and the shape of data at the declared size.</summary>
internal sealed partial class OnnxTranslator
{
    private OnnxConst Constant(OnnxNode node, IReadOnlyDictionary<string, OnnxTensor> tensors)
    {
        var name = node.Outputs[0];
        if (tensors.TryGetValue(name, out var tensor))
        {
            return OnnxDataType.Size(tensor.DataType) > 0
                ? constants.Of(name, tensor)
                : throw new UnsupportedNodeException($"a constant of data type {tensor.DataType} is not supported");
        }

        foreach (var (attribute, value) in node.Attributes)
        {
            switch (attribute)
            {
                case "value_float" when value.Float is { } single: return constants.Computed(name, [], false, [single]);
                case "value_int" when value.Int is { } integer: return constants.Computed(name, [], true, [integer]);
                case "value_floats": return constants.Computed(name, [value.Floats.Count], false, [.. value.Floats]);
                case "value_ints":
                    return constants.Computed(
                    name, [value.Ints.Count], true, [.. value.Ints.Select(bits => (double)(long)bits)]);
            }
        }

        throw new UnsupportedNodeException("a constant of this kind is not supported");
    }

    private OnnxConst Shape(OnnxNode node, int[] extents)
    {
        if (node.Op == "Size")
        {
            return constants.Computed(node.Outputs[0], [], true, [OnnxShapes.Count(extents)]);
        }

        var start = Bound(node.Int("start", 0));
        var end = Bound(node.Int("end", extents.Length));
        double[] values = [.. extents[start..Math.Max(start, end)]];
        return constants.Computed(node.Outputs[0], [values.Length], true, values);

        int Bound(int axis) => Math.Clamp(axis < 0 ? axis + extents.Length : axis, 0, extents.Length);
    }
}
