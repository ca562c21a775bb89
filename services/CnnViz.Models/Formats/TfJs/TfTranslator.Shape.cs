namespace CnnViz.Models.TfJs;

/// <summary>Ops that move, join, cut or rename axes.</summary>
internal sealed partial class TfTranslator
{
    private const int MaxParts = 4_096;

    private void Transpose(NodeDef node)
    {
        var input = Data(node, 0);
        var permutation = constants.Integers(Constant(node, 1, "permutation"))
            .Select(axis => NormalizeAxis(axis, input.Rank)).ToArray();
        if (!permutation.Order().SequenceEqual(Enumerable.Range(0, input.Rank)))
        {
            throw new ModelFormatException($"({string.Join(", ", permutation)}) is no permutation of {input.Rank} axes");
        }

        int[] axes = [.. permutation.Select(axis => input.Axes[axis])];
        if (input.Rank == 4 && permutation[0] == 0)
        {
            // Between image formats: the same layer, seen in another order.
            SetValue(node, new TfData(input.Layer, axes));
            builder.Alias(input.Layer, node.Name, names.Short(node.Name));
            return;
        }

        if (axes[0] != TfData.Batch)
        {
            throw new UnsupportedNodeException("it moves the batch axis");
        }

        Emit(node, new TransposeOp([.. axes.Skip(1)]), [input.Layer], [], TfData.Plain(input.Rank - 1));
    }

    private void Reshape(NodeDef node)
    {
        var input = Data(node, 0);
        var from = Extents(input);
        var wanted = constants.Integers(Constant(node, 1, "shape"));
        var to = Resolve(wanted, from);
        if (to.Length < 2 || to[0] != 1 || input.Axes[0] != TfData.Batch)
        {
            throw new UnsupportedNodeException("it mixes the batch axis with others");
        }

        if (to.Length == 2)
        {
            Flatten(node, input);
        }
        else if (to is [_, 1, 1, var channels] && input.Rank == 2)
        {
            // A vector back to a feature map of one cell, NHWC.
            Emit(node, new ReshapeOp(channels, 1, 1), [input.Layer], [], TfData.Nhwc);
        }
        else
        {
            var plain = SeenAs(input, TfData.Plain(input.Rank - 1), names.Short(node.Name));
            var rest = wanted.Length > 0 ? Array.IndexOf(wanted, -1) : -1;
            Emit(node, new ReshapeOp(SizeFree(from[1..], to[1..], rest - 1)), [plain.Layer], [], TfData.Plain(to.Length - 1));
        }
    }

    private void Flatten(NodeDef node, TfData input)
    {
        if (input.Shows(TfData.Nhwc) || input.Shows(TfData.Nchw))
        {
            Emit(node, new FlattenOp(ChannelsLast: input.Shows(TfData.Nhwc)), [input.Layer], [], TfData.Plain(1));
            return;
        }

        var plain = SeenAs(input, TfData.Plain(input.Rank - 1), names.Short(node.Name));
        Emit(node, new ReshapeOp(-1), [plain.Layer], [], TfData.Plain(1));
    }

    /// <summary>The wanted extents with -1 worked out; the product must match.</summary>
    private static int[] Resolve(int[] wanted, int[] from)
    {
        var count = from.Aggregate(1L, (product, extent) => checked(product * extent));
        var known = 1L;
        foreach (var extent in wanted)
        {
            known = extent == -1 ? known : Math.Min(known * extent, (long)int.MaxValue + 1);
            if (extent < -1 || (extent == 0 && count != 0))
            {
                throw new ModelFormatException($"({string.Join(", ", wanted.Take(16))}) is no shape");
            }
        }

        var unknowns = wanted.Count(extent => extent == -1);
        if (wanted.Length > ModelLimits.MaxRank || unknowns > 1 || (unknowns == 1 ? count % known != 0 : count != known))
        {
            throw new ModelFormatException($"{count} elements do not fit ({string.Join(", ", wanted.Take(16))})");
        }

        return [.. wanted.Select(extent => extent == -1 ? (int)(count / known) : extent)];
    }

    /// <summary>
    /// Sample extents for a <see cref="ReshapeOp"/> that hold at any input size: an extent that stays on its axis is kept (0) and
    /// one that is left takes the rest (-1). With more than one left the literal extents fit the declared size only.
    /// </summary>
    /// <param name="from">The sample's extents before.</param>
    /// <param name="to">And after.</param>
    /// <param name="rest">The sample axis that the source marks as the rest; negative if none.</param>
    private int[] SizeFree(int[] from, int[] to, int rest)
    {
        var dims = new int[to.Length];
        var left = new List<int>();
        for (var i = 0; i < to.Length; i++)
        {
            if (i != rest && i < from.Length && to[i] == from[i])
            {
                dims[i] = 0;
            }
            else
            {
                dims[i] = to[i];
                left.Add(i);
            }
        }

        if (rest >= 0)
        {
            dims[rest] = -1;
        }
        else if (left.Count == 1)
        {
            dims[left[0]] = -1;
        }
        else if (left.Count > 1)
        {
            HoldsSpatialExtents = true;
        }

        return dims;
    }

    /// <summary>Squeeze and ExpandDims: a reshape that moves no value.</summary>
    private void ChangeRank(NodeDef node)
    {
        var input = Data(node, 0);
        var extents = Extents(input).ToList();
        var axes = input.Axes.ToList();
        if (node.Op == "ExpandDims")
        {
            var axis = constants.Integer(Constant(node, 1, "axis"));
            Insert(axes, extents, NormalizeAxis(axis, input.Rank + 1));
        }
        else
        {
            var listed = node.Ints("squeeze_dims").Count > 0 ? node.Ints("squeeze_dims") : node.Ints("axis");
            var squeezed = listed.Count > 0
                ? listed.Select(axis => NormalizeAxis(axis, input.Rank)).ToHashSet()
                : Enumerable.Range(1, input.Rank - 1).Where(axis => extents[axis] == 1).ToHashSet();
            if (squeezed.Any(axis => extents[axis] != 1))
            {
                throw new ModelFormatException($"it squeezes an axis of ({string.Join(", ", extents)}) whose extent is not 1");
            }

            axes = [.. axes.Where((_, axis) => !squeezed.Contains(axis))];
        }

        if (axes.Count(axis => axis == TfData.Batch) != 1)
        {
            throw new UnsupportedNodeException("it changes the batch axis");
        }

        // Canonical axes keep their order, so the values stay where they are; only the numbering closes up.
        var kept = axes.Where(axis => axis != TfData.Batch).Order().ToList();
        var shape = builder.ShapeOf(input.Layer);
        int[] to = [.. kept.Select(axis => axis < shape.Rank ? shape[axis] : 1)];
        int[] view = [.. axes.Select(axis => axis == TfData.Batch ? axis : kept.IndexOf(axis))];
        Emit(node, new ReshapeOp(to.Length == 1 ? [-1] : SizeFree([.. shape.Dims], to, -1)), [input.Layer], [], view);
    }

    /// <summary>A new axis of extent 1 comes last in canonical order, where it moves nothing.</summary>
    private static void Insert(List<int> axes, List<int> extents, int at)
    {
        axes.Insert(at, axes.Max() + 1);
        extents.Insert(at, 1);
    }

    private void Concatenate(NodeDef node)
    {
        var count = node.Inputs.Count - 1;
        if (count < 1)
        {
            throw new ModelFormatException("it joins nothing");
        }

        var first = Data(node, 0);
        var axis = first.Axes[NormalizeAxis(constants.Integer(Constant(node, count, "axis")), first.Rank)];
        if (axis == TfData.Batch)
        {
            throw new UnsupportedNodeException("it joins along the batch");
        }

        var name = names.Short(node.Name);
        string[] inputs = [.. Enumerable.Range(0, count).Select(i => SeenAs(Data(node, i), first.Axes, name).Layer)];
        Emit(node, new ConcatenateOp(axis), inputs, [], first.Axes);
    }

    private void Split(NodeDef node)
    {
        var variable = node.Op == "SplitV";
        var input = Data(node, variable ? 0 : 1);
        var tensorAxis = NormalizeAxis(constants.Integer(Constant(node, variable ? 2 : 0, "axis")), input.Rank);
        var axis = input.Axes[tensorAxis];
        if (axis == TfData.Batch)
        {
            throw new UnsupportedNodeException("it splits the batch");
        }

        var extent = Extents(input)[tensorAxis];
        var lengths = variable
            ? Resolve(constants.Integers(Constant(node, 1, "sizes")), extent)
            : Even(node.Int("num_split", 1), extent);
        HoldsSpatialExtents |= input.Rank == 4 && axis != 0;
        var start = 0;
        for (var i = 0; i < lengths.Length; i++)
        {
            // TensorFlow calls a node's first output "name" as well as "name:0".
            var suffix = i == 0 ? "" : $":{i}";
            string[] sourceNames = i == 0 ? [node.Name, $"{node.Name}:0"] : [$"{node.Name}:{i}"];
            var layer = builder.Add(
                names.Short(node.Name) + suffix, new SliceOp(axis, start, lengths[i]), [input.Layer], [], sourceNames);
            SetValue(node, new TfData(layer, input.Axes), i);
            start += lengths[i];
        }
    }

    private static int[] Even(int parts, int extent) => parts is >= 1 and <= MaxParts && extent % parts == 0
        ? [.. Enumerable.Repeat(extent / parts, parts)]
        : throw new ModelFormatException($"an extent of {extent} does not split into {parts} parts");

    private static int[] Resolve(int[] sizes, int extent)
    {
        var known = sizes.Where(size => size != -1).Sum(size => (long)size);
        int[] lengths = [.. sizes.Select(size => size == -1 ? (int)Math.Clamp(extent - known, 0, extent) : size)];
        var fits = sizes.Length <= MaxParts
            && sizes.Count(size => size == -1) <= 1
            && lengths.All(length => length > 0)
            && lengths.Sum(length => (long)length) == extent;
        return fits
            ? lengths
            : throw new ModelFormatException($"an extent of {extent} does not split into ({string.Join(", ", sizes.Take(16))})");
    }

    private void Slice(NodeDef node)
    {
        var input = Data(node, 0);
        var extents = Extents(input);
        var ranges = SliceRanges.Of(node, extents, i => constants.Integers(Constant(node, i, "range")));
        var cuts = Enumerable.Range(0, input.Rank).Where(axis => ranges[axis] != (0, extents[axis])).ToArray();
        if (cuts.Any(axis => input.Axes[axis] == TfData.Batch))
        {
            throw new UnsupportedNodeException("it cuts the batch");
        }

        if (cuts.Length == 0)
        {
            SetValue(node, input);
            builder.Alias(input.Layer, node.Name, names.Short(node.Name));
            return;
        }

        var layer = input.Layer;
        for (var i = 0; i < cuts.Length; i++)
        {
            var (start, length) = ranges[cuts[i]];
            var axis = input.Axes[cuts[i]];
            HoldsSpatialExtents |= input.Rank == 4 && axis != 0;
            var last = i == cuts.Length - 1;
            layer = last
                ? builder.Add(names.Short(node.Name), new SliceOp(axis, start, length), [layer], [], node.Name)
                : builder.Add(Auxiliary(names.Short(node.Name), "slice"), new SliceOp(axis, start, length), [layer], []);
        }

        SetValue(node, new TfData(layer, input.Axes));
    }
}
