using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>Where a convolution's or a pool's windows lie.</summary>
/// <param name="Kernel">The window's cells.</param>
/// <param name="Stride">Cells from one window to the next.</param>
/// <param name="Dilation">Cells from one of a window's cells to the next.</param>
/// <param name="Padding">Cells around the map.</param>
/// <param name="Groups">Groups of channels that do not see each other.</param>
internal readonly record struct ConvWindow(Size2D Kernel, Size2D Stride, Size2D Dilation, Padding2D Padding, int Groups)
{
    /// <summary>Whether Winograd's algorithm may compute it (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016).</summary>
    public bool SuitsWinograd => Kernel == new Size2D(3, 3) && Stride == Size2D.One && Dilation == Size2D.One && Groups == 1
        && Padding is { Top: <= 1, Bottom: <= 1, Left: <= 1, Right: <= 1 };

    /// <summary>The input cells under the windows of some output cells; at least one.</summary>
    public CellRegion Needs(CellRegion output, TensorShape input)
    {
        var (top, bottom) = Span(output.Top, output.Bottom, Kernel.Height, Stride.Height, Dilation.Height, Padding.Top, input.Height);
        var (left, right) = Span(output.Left, output.Right, Kernel.Width, Stride.Width, Dilation.Width, Padding.Left, input.Width);
        return new CellRegion(top, bottom, left, right);
    }

    /// <summary>
    /// The padding that lays windows over one region for the cells of another: may be negative where the input region is more
    /// than what the windows cover.
    /// </summary>
    public Padding2D PaddingOf(CellRegion output, CellRegion input)
    {
        var (top, bottom) = Around(
            output.Top, output.Bottom, Kernel.Height, Stride.Height, Dilation.Height, Padding.Top, input.Top, input.Bottom);
        var (left, right) = Around(
            output.Left, output.Right, Kernel.Width, Stride.Width, Dilation.Width, Padding.Left, input.Left, input.Right);
        return new Padding2D(top, bottom, left, right);
    }

    private static (int First, int End) Reach(int first, int end, int kernel, int stride, int dilation, int padding)
        => ((first * stride) - padding, ((end - 1) * stride) - padding + ((kernel - 1) * dilation) + 1);

    private static (int First, int End) Span(
        int first, int end, int kernel, int stride, int dilation, int padding, int extent)
    {
        var (from, to) = Reach(first, end, kernel, stride, dilation, padding);
        from = Math.Clamp(from, 0, extent - 1);
        return (from, Math.Clamp(to, from + 1, extent));
    }

    private static (int Before, int After) Around(
        int first, int end, int kernel, int stride, int dilation, int padding, int inFirst, int inEnd)
    {
        var (from, to) = Reach(first, end, kernel, stride, dilation, padding);
        return (inFirst - from, to - inEnd);
    }
}
