namespace CnnViz.Models;

/// <summary>Pooling.</summary>
internal static partial class OpShapes
{
    private static TensorShape Pool2D(Pool2DOp op, TensorShape input)
    {
        var (window, stride, p) = (op.Window, op.Stride, op.Padding);
        var dilation = op.Dilation ?? Size2D.One;
        RequireSpatial(window, "window");
        RequireSpatial(stride, "stride");
        RequireSpatial(dilation, "dilation");
        RequirePadding(p);
        var height = new PoolAxis(input.Height, window.Height, stride.Height, dilation.Height, p.Top, p.Bottom, op.CeilMode);
        var width = new PoolAxis(input.Width, window.Width, stride.Width, dilation.Width, p.Left, p.Right, op.CeilMode);
        return new TensorShape(input.Channels, Positions(height, "height"), Positions(width, "width"));
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
            : throw new ModelFormatException($"its padding is too wide for its window of {axis.Reach} in {what}: some would see padding alone");
    }
}
