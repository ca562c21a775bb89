namespace CnnViz.Models.Onnx;

/// <summary>Ops that move, rename, add or drop axes.</summary>
internal sealed partial class OnnxTranslator
{
    private void Transpose(OnnxNode node)
    {
        var input = Data(node, 0);
        var permutation = OnnxShapes.Permutation(node, input.Rank);
        int[] axes = [.. permutation.Select(axis => input.Axes[axis])];
        if (input.Rank == 4 && permutation[0] == 0)
        {
            // Between image formats: the same layer, seen in another order.
            View(node, new OnnxData(input.Layer, axes));
            return;
        }

        if (Array.IndexOf(axes, OnnxData.Batch) > 0)
        {
            throw new UnsupportedNodeException("it moves the batch axis");
        }

        int[] order = [.. axes.Where(axis => axis != OnnxData.Batch)];
        Emit(node, new TransposeOp(order), [input.Layer], input.PlainAxes);
    }

    private void Reshape(OnnxNode node)
    {
        var input = Data(node, 0);
        var from = Extents(input);
        var (to, rest) = Wanted(node, input, from);
        if (input.BatchAxis == 0 && (to.Length < 2 || to[0] != from[0]))
        {
            throw new UnsupportedNodeException("it mixes the batch axis with others");
        }

        if (input.BatchAxis > 0)
        {
            throw new UnsupportedNodeException("its batch axis is not the first");
        }

        var batched = input.BatchAxis == 0 ? 1 : 0;
        if (batched == 1 && to.Length == 2)
        {
            Flatten(node, input);
        }
        else if (MovedUnits(input, from, to) is { } moved)
        {
            View(node, new OnnxData(input.Layer, moved));
        }
        else
        {
            var plain = SeenAs(input, input.PlainAxes, names[node]);
            var dims = SizeFree(from[batched..], to[batched..], rest - batched);
            int[] axes = batched == 1
                ? [OnnxData.Batch, .. Enumerable.Range(0, to.Length - 1)]
                : [.. Enumerable.Range(0, to.Length)];
            Emit(node, new ReshapeOp(dims), [plain.Layer], axes);
        }
    }

    /// <summary>The new extents, and which of them the source marks as the rest (-1 if none).</summary>
    private (int[] To, int RestAxis) Wanted(OnnxNode node, OnnxData input, int[] from)
    {
        if (node.Op == "Flatten")
        {
            var axis = node.Int("axis", 1);
            axis = axis < 0 ? axis + input.Rank : axis;
            return axis >= 0 && axis <= input.Rank
                ? ([checked((int)OnnxShapes.Count(from.AsSpan(0, axis))), checked((int)OnnxShapes.Count(from.AsSpan(axis)))], 1)
                : throw new ModelFormatException($"axis {node.Int("axis", 1)} does not exist at rank {input.Rank}");
        }

        var wanted = Integers(node, "shape", 1) ?? throw new ModelFormatException("its shape is missing");
        return (OnnxShapes.Resolve(wanted, from, node.Int("allowzero", 0) != 0), Array.IndexOf(wanted, -1));
    }

    /// <summary>
    /// The axes of a reshape that only moves axes of extent 1, as (1, 1, H, W) to (1, H, W, 1): another view of the same layer.
    /// Null for any other, and where the rank changes.
    /// </summary>
    private static int[]? MovedUnits(OnnxData input, int[] from, int[] to)
    {
        var longer = Enumerable.Range(0, input.Rank)
            .Where(axis => from[axis] != 1 && input.Axes[axis] != OnnxData.Batch).ToArray();
        var first = input.BatchAxis == 0 ? 1 : 0;
        if (input.Rank != 4 || to.Length != 4 || !longer.Select(axis => from[axis]).SequenceEqual(to[first..].Where(extent => extent != 1)))
        {
            return null;
        }

        var units = new Queue<int>(Enumerable.Range(first, input.Rank - first).Where(axis => from[axis] == 1));
        var others = new Queue<int>(longer);
        return [.. Enumerable.Range(0, 4).Select(axis => axis < first ? OnnxData.Batch : input.Axes[(to[axis] == 1 ? units : others).Dequeue()])];
    }

    private void Flatten(OnnxNode node, OnnxData input)
    {
        if (input.Rank == 2)
        {
            View(node, input);
        }
        else if (input.Shows(OnnxData.Nhwc) || input.Shows(OnnxData.Nchw))
        {
            Emit(node, new FlattenOp(ChannelsLast: input.Shows(OnnxData.Nhwc)), [input.Layer], [OnnxData.Batch, 0]);
        }
        else
        {
            var plain = SeenAs(input, input.PlainAxes, names[node]);
            Emit(node, new ReshapeOp(-1), [plain.Layer], [OnnxData.Batch, 0]);
        }
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
            var stays = i != rest && i < from.Length && to[i] == from[i];
            dims[i] = stays ? 0 : to[i];
            if (!stays)
            {
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

    /// <summary>Squeeze and Unsqueeze: a reshape that moves no value.</summary>
    private void ChangeRank(OnnxNode node)
    {
        var input = Data(node, 0);
        var extents = Extents(input);
        var listed = Integers(node, "axes", 1);
        List<int> axes;
        if (node.Op == "Squeeze")
        {
            var units = Enumerable.Range(0, input.Rank).Where(axis => extents[axis] == 1 && input.Axes[axis] != OnnxData.Batch);
            var squeezed = OnnxShapes.SqueezedAxes(extents, listed ?? [.. units]);
            axes = [.. input.Axes.Where((_, axis) => !squeezed.Contains(axis))];
        }
        else
        {
            // A new axis of extent 1 comes last in canonical order, where it moves nothing.
            var next = input.Axes.Max() + 1;
            var old = new Queue<int>(input.Axes);
            var inserted = OnnxShapes.InsertedAxes(input.Rank, listed ?? []);
            axes = [.. Enumerable.Range(0, input.Rank + inserted.Count).Select(axis => inserted.Contains(axis) ? next++ : old.Dequeue())];
        }

        if (axes.Contains(OnnxData.Batch) != input.Axes.Contains(OnnxData.Batch))
        {
            throw new UnsupportedNodeException("it drops the batch axis");
        }

        // Canonical axes keep their order, so the values stay where they are; only the numbering closes up.
        var kept = axes.Where(axis => axis != OnnxData.Batch).Order().ToList();
        var shape = builder.ShapeOf(input.Layer);
        int[] to = [.. kept.Select(axis => axis < shape.Rank ? shape[axis] : 1)];
        int[] view = [.. axes.Select(axis => axis == OnnxData.Batch ? axis : kept.IndexOf(axis))];
        if (to.Length == 0)
        {
            throw new UnsupportedNodeException("it leaves no axis");
        }

        Emit(node, new ReshapeOp(to.Length == 1 ? [-1] : SizeFree([.. shape.Dims], to, -1)), [input.Layer], view);
    }

    private void Concatenate(OnnxNode node)
    {
        var first = Data(node, 0);
        var axis = first.Axes[OnnxShapes.Axis(node.Int("axis", 1), first.Rank)];
        if (axis == OnnxData.Batch)
        {
            throw new UnsupportedNodeException("it joins along the batch");
        }

        string[] before =
            [.. Enumerable.Range(0, node.Inputs.Count).Select(i => SeenAs(Data(node, i), first.Axes, names[node]).Layer)];
        Emit(node, new ConcatenateOp(axis), before, first.Axes);
    }

    private void Split(OnnxNode node)
    {
        var input = Data(node, 0);
        var tensorAxis = OnnxShapes.Axis(node.Int("axis", 0), input.Rank);
        var axis = input.Axes[tensorAxis];
        if (axis == OnnxData.Batch)
        {
            throw new UnsupportedNodeException("it splits the batch");
        }

        var lengths = OnnxShapes.Parts(Integers(node, "split", 1), node.Outputs.Count, Extents(input)[tensorAxis]);
        HoldsSpatialExtents |= input.Rank == 4 && axis != 0;
        var start = 0;
        for (var i = 0; i < lengths.Length; start += lengths[i++])
        {
            var name = i == 0 ? names[node] : Auxiliary(names[node], $"part_{i}");
            var layer = builder.Add(name, new SliceOp(axis, start, lengths[i]), [input.Layer], [], SourceNames(node, i));
            SetValue(node, new OnnxData(layer, input.Axes), i);
        }
    }

    private void Slice(OnnxNode node)
    {
        var input = Data(node, 0);
        var extents = Extents(input);
        var ranges = OnnxShapes.Slices(
            node, extents, i => node.HasInput(i) ? constants.Integers(Constant(node, i, "range")) : null);
        var cuts = Enumerable.Range(0, input.Rank).Where(axis => ranges[axis] != (0, extents[axis], 1)).ToArray();
        if (cuts.Any(axis => input.Axes[axis] == OnnxData.Batch))
        {
            throw new UnsupportedNodeException("it cuts the batch");
        }

        if (cuts.Length == 0)
        {
            View(node, input);
            return;
        }

        var layer = input.Layer;
        foreach (var cut in cuts)
        {
            var (start, length, step) = ranges[cut];
            var axis = input.Axes[cut];
            var op = new SliceOp(axis, start, length, step);
            HoldsSpatialExtents |= input.Rank == 4 && axis != 0;
            layer = cut == cuts[^1]
                ? builder.Add(names[node], op, [layer], [], SourceNames(node, 0))
                : builder.Add(Auxiliary(names[node], "slice"), op, [layer], []);
        }

        SetValue(node, new OnnxData(layer, input.Axes));
    }
}
