namespace CnnViz.Models.TfJs;

/// <summary>Padding and resizing.</summary>
internal sealed partial class TfTranslator
{
    private void Pad(NodeDef node)
    {
        var input = Data(node, 0);
        var paddings = constants.Integers(Constant(node, 1, "padding"));
        if (paddings.Length != 2 * input.Rank)
        {
            throw new ModelFormatException($"it has {paddings.Length} padding values for rank {input.Rank}");
        }

        if (input.Rank != 4)
        {
            throw new UnsupportedNodeException("only feature maps can be padded");
        }

        var value = node.Op == "PadV2" ? constants.Values(Constant(node, 2, "value")) : [0];
        if (value.Length != 1 || double.IsNaN(value[0]))
        {
            throw new ModelFormatException("its padding value is not one number");
        }

        var sides = new int[6];
        for (var i = 0; i < 4; i++)
        {
            var (before, after) = (paddings[2 * i], paddings[(2 * i) + 1]);
            if (input.Axes[i] < 1)
            {
                if ((before, after) != (0, 0))
                {
                    throw new UnsupportedNodeException("padding of batch or channels is not supported");
                }

                continue;
            }

            (sides[2 * input.Axes[i]], sides[(2 * input.Axes[i]) + 1]) = (before, after);
        }

        Emit(node, new Pad2DOp(new Padding2D(sides[2], sides[3], sides[4], sides[5]), (float)value[0]), [input.Layer], [], input.Axes);
    }

    private void Resize(NodeDef node, ResizeKind kind)
    {
        var input = SeenAs(Data(node, 0), TfData.Nhwc, names.Short(node.Name));
        var size = constants.Integers(Constant(node, 1, "size"));
        if (size is not [>= 1 and <= ModelLimits.MaxInputExtent, >= 1 and <= ModelLimits.MaxInputExtent])
        {
            throw new ModelFormatException($"its size is ({string.Join(", ", size.Take(8))})");
        }

        var (corners, half) = (node.Bool("align_corners"), node.Bool("half_pixel_centers"));
        if (corners && half)
        {
            throw new ModelFormatException("it sets align_corners and half_pixel_centers at once");
        }

        var shape = builder.ShapeOf(input.Layer);
        var coordinates =
            corners ? ResizeCoordinates.AlignCorners : half ? ResizeCoordinates.HalfPixel : ResizeCoordinates.Asymmetric;
        var op = new ResizeOp(kind, Factor(shape.Height, size[0]), Factor(shape.Width, size[1]), coordinates);
        Emit(node, op, [input.Layer], [], TfData.Nhwc);
    }

    /// <summary>The scale whose product with the extent, rounded down, is exactly the wanted extent.</summary>
    private static double Factor(int from, int to)
    {
        var factor = (double)to / from;
        while (Math.Floor(from * factor) < to)
        {
            factor = Math.BitIncrement(factor);
        }

        return factor;
    }
}
