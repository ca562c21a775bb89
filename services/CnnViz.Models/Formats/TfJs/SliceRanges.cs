namespace CnnViz.Models.TfJs;

/// <summary>Reads the ranges of "Slice" and of "StridedSlice" in its plain forms.</summary>
internal static class SliceRanges
{
    /// <param name="node">The node.</param>
    /// <param name="extents">TensorFlow's extents of its input.</param>
    /// <param name="integers">Reads a constant input.</param>
    /// <returns>Start and length per axis.</returns>
    public static (int Start, int Length)[] Of(NodeDef node, int[] extents, Func<int, int[]> integers)
    {
        var ranges = node.Op == "Slice"
            ? Plain(integers(1), integers(2), extents)
            : Strided(node, integers(1), integers(2), integers(3), extents);
        return ranges.All(range => range.Length > 0) ? ranges : throw new ModelFormatException("it cuts everything away");
    }

    private static (int Start, int Length)[] Plain(int[] begin, int[] size, int[] extents)
    {
        if (begin.Length != extents.Length || size.Length != extents.Length)
        {
            throw new ModelFormatException(
                $"its {begin.Length} starts and {size.Length} sizes do not match rank {extents.Length}");
        }

        return [.. extents.Select((extent, i) => begin[i] >= 0 && begin[i] <= extent && size[i] >= -1 && (long)begin[i] + size[i] <= extent
            ? (begin[i], size[i] == -1 ? extent - begin[i] : size[i])
            : throw new ModelFormatException($"{size[i]} indices from {begin[i]} do not lie within an extent of {extent}"))];
    }

    private static (int Start, int Length)[] Strided(NodeDef node, int[] begin, int[] end, int[] strides, int[] extents)
    {
        if (begin.Length > extents.Length || end.Length != begin.Length || strides.Length != begin.Length)
        {
            throw new ModelFormatException($"its ranges do not match rank {extents.Length}");
        }

        if (strides.Any(stride => stride != 1)
            || (node.Int("ellipsis_mask", 0) | node.Int("new_axis_mask", 0) | node.Int("shrink_axis_mask", 0)) != 0)
        {
            throw new UnsupportedNodeException("only slices of stride 1 that keep every axis are supported");
        }

        var (beginMask, endMask) = (node.Int("begin_mask", 0), node.Int("end_mask", 0));
        return [.. extents.Select((extent, i) =>
        {
            var start = i >= begin.Length || (beginMask & (1 << i)) != 0 ? 0 : Clamp(begin[i], extent);
            var stop = i >= end.Length || (endMask & (1 << i)) != 0 ? extent : Clamp(end[i], extent);
            return (start, stop - start);
        })];
    }

    private static int Clamp(int index, int extent) => Math.Clamp(index < 0 ? index + extent : index, 0, extent);
}
