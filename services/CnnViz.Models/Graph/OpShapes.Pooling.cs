namespace CnnViz.Models;

/// <summary>Pooling.</summary>
internal static partial class OpShapes
{
    private static TensorShape Pool2D(Pool2DOp op, TensorShape input)
    {
        RequireSpatial(op.Window, "window");
        RequireSpatial(op.Stride, "stride");
        RequireSpatial(op.Dilation ?? Size2D.One, "dilation");
        RequirePadding(op.Padding);
        return new TensorShape(
            input.Channels, Positions(op.Rows(input.Height), "height"), Positions(op.Columns(input.Width), "width"));
    }

    private static int Positions(PoolAxis axis, string what)
    {
        if (axis.Free < 0)
        {
            throw new ModelFormatException($"its window of {axis.Reach} does not fit the padded {what} of {axis.Padded}");
        }

        var positions = Extent(axis.Positions, what);
        return axis.SeesTheMap(positions)
            ? positions
            : throw new ModelFormatException(
                $"its padding is too wide for its window of {axis.Reach} in {what}: some would see padding alone");
    }
}
