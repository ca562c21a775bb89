namespace CnnViz.Models.Onnx;

/// <summary>ONNX' rules for axes, shapes and ranges, the same for constants and for data.</summary>
internal static class OnnxShapes
{
    private const int MaxParts = 4_096;

    /// <summary>The product; an empty shape is a scalar's and has one element.</summary>
    public static long Count(ReadOnlySpan<int> dims)
    {
        var count = 1L;
        foreach (var extent in dims)
        {
            count = extent >= 0 ? checked(count * extent) : throw new ModelFormatException($"an extent is {extent}");
        }

        return count;
    }

    public static int Axis(int axis, int rank)
    {
        var normalized = axis < 0 ? axis + rank : axis;
        return normalized >= 0 && normalized < rank
            ? normalized
            : throw new ModelFormatException($"axis {axis} does not exist at rank {rank}");
    }

    public static int[] Permutation(OnnxNode node, int rank)
    {
        // Without one the axes are reversed.
        var permutation = node.Ints("perm") ?? [.. Enumerable.Range(0, rank).Reverse()];
        return permutation.Length == rank && permutation.Order().SequenceEqual(Enumerable.Range(0, rank))
            ? permutation
            : throw new ModelFormatException($"({string.Join(", ", permutation.Take(16))}) is no permutation of {rank} axes");
    }

    /// <summary>Reshape's extents: 0 keeps an axis' extent unless it is meant literally, -1 takes the rest.</summary>
    public static int[] Resolve(int[] wanted, int[] from, bool allowZero)
    {
        int[] kept = [.. wanted.Select((extent, i) => extent == 0 && !allowZero && i < from.Length ? from[i] : extent)];
        var count = Count(from);
        var rest = kept.Count(extent => extent == -1);
        var known = Count([.. kept.Where(extent => extent != -1)]);
        if (kept.Length > ModelLimits.MaxRank || rest > 1 || (rest == 1 ? known == 0 || count % known != 0 : known != count))
        {
            throw new ModelFormatException($"{count} elements do not fit ({string.Join(", ", wanted.Take(16))})");
        }

        return [.. kept.Select(extent => extent == -1 ? checked((int)(count / known)) : extent)];
    }

    public static int[] Squeezed(int[] dims, int[]? axes)
    {
        var squeezed = SqueezedAxes(dims, axes);
        return [.. dims.Where((_, axis) => !squeezed.Contains(axis))];
    }

    /// <summary>The axes that go; without a list all of extent 1.</summary>
    public static IReadOnlySet<int> SqueezedAxes(int[] dims, int[]? axes)
    {
        var squeezed = axes is null
            ? Enumerable.Range(0, dims.Length).Where(axis => dims[axis] == 1).ToHashSet()
            : axes.Select(axis => Axis(axis, dims.Length)).ToHashSet();
        return squeezed.All(axis => dims[axis] == 1)
            ? squeezed
            : throw new ModelFormatException($"it squeezes an axis of ({string.Join(", ", dims)}) whose extent is not 1");
    }

    public static int[] Unsqueezed(int[] dims, int[] axes)
    {
        var inserted = InsertedAxes(dims.Length, axes);
        var rest = new Queue<int>(dims);
        return [.. Enumerable.Range(0, dims.Length + inserted.Count).Select(axis => inserted.Contains(axis) ? 1 : rest.Dequeue())];
    }

    /// <summary>The places, counted in the result, of the axes that come.</summary>
    public static IReadOnlySet<int> InsertedAxes(int rank, int[] axes)
    {
        if (axes.Length == 0 || rank + axes.Length > ModelLimits.MaxRank)
        {
            throw new ModelFormatException($"it adds {axes.Length} axes to rank {rank}");
        }

        var inserted = axes.Select(axis => Axis(axis, rank + axes.Length)).ToHashSet();
        return inserted.Count == axes.Length ? inserted : throw new ModelFormatException("it adds an axis twice");
    }

    /// <summary>Split's lengths: as listed, or as even as they go with the last one shorter.</summary>
    public static int[] Parts(int[]? sizes, int outputs, int extent)
    {
        var even = (extent + Math.Max(outputs, 1) - 1) / Math.Max(outputs, 1);
        int[] lengths = sizes ?? [.. Enumerable.Range(0, outputs).Select(i => Math.Min(even, extent - (i * even)))];
        return lengths.Length == outputs && outputs <= MaxParts && lengths.All(length => length > 0)
            && lengths.Sum(length => (long)length) == extent
            ? lengths
            : throw new ModelFormatException(
                $"an extent of {extent} does not split into ({string.Join(", ", lengths.Take(16))})");
    }

    /// <summary>
    /// Start, length and step per axis of a Slice, whose ranges are attributes before opset 10 and inputs from then on.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="extents">Extents of what it cuts.</param>
    /// <param name="integers">Reads a constant input; null when it is left out.</param>
    public static (int Start, int Length, int Step)[] Slices(OnnxNode node, int[] extents, Func<int, int[]?> integers)
    {
        var starts = node.Ints("starts") ?? integers(1) ?? throw new ModelFormatException("its starts are missing");
        var ends = node.Ints("ends") ?? integers(2) ?? throw new ModelFormatException("its ends are missing");
        var axes = node.Ints("axes") ?? integers(3) ?? [.. Enumerable.Range(0, starts.Length)];
        var steps = integers(4) ?? [.. Enumerable.Repeat(1, starts.Length)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length || steps.Contains(0))
        {
            throw new ModelFormatException("its ranges do not match");
        }

        var ranges = extents.Select(extent => (Start: 0, Length: extent, Step: 1)).ToArray();
        for (var i = 0; i < starts.Length; i++)
        {
            var axis = Axis(axes[i], extents.Length);
            var (extent, step) = (extents[axis], steps[i]);
            var (least, most) = step > 0 ? (0, extent) : (-1, extent - 1);
            var start = Bound(starts[i], extent, step > 0 ? 0 : least + 1, step > 0 ? extent : most);
            var end = Bound(ends[i], extent, least, most);
            var reach = step > 0 ? (long)end - start : (long)start - end;
            var length = reach <= 0 ? 0 : (reach + Math.Abs((long)step) - 1) / Math.Abs((long)step);
            ranges[axis] = length > 0 ? (start, (int)length, step) : throw new ModelFormatException("it cuts everything away");
        }

        return ranges;
    }

    private static int Bound(int index, int extent, int least, int most) =>
        (int)Math.Clamp(index < 0 ? (long)index + extent : index, least, Math.Max(least, most));
}
