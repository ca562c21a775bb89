using CnnViz.Engine.Numerics;
using CnnViz.Models;
using static TorchSharp.torch;

namespace CnnViz.Engine.Torch;

/// <summary>
/// Resizing. torch computes bilinear half-pixel and align-corners natively, and nearest neighbours safely where a scale or its
/// inverse is whole; the rest goes through index tables computed here in double precision.
/// </summary>
internal static partial class LayerFunctions
{
    private static LayerFunction Resize(ResizeOp op, LayerContext context)
    {
        long[] size = [context.Output.Height, context.Output.Width];

        // By size, torch takes the scale to be out / in, which is the op's own only where nothing was rounded away.
        var exact = context.Input.Height * op.ScaleHeight == size[0] && context.Input.Width * op.ScaleWidth == size[1];
        var coordinates = op.Coordinates == ResizeCoordinates.TorchHalfPixel && size[0] > 1 && size[1] > 1
            ? ResizeCoordinates.HalfPixel
            : op.Coordinates;
        var whole = exact && IsWhole(op) && IsUsual(op.Rounding, coordinates);
        return (op.Kind, coordinates) switch
        {
            (ResizeKind.Bilinear, ResizeCoordinates.AlignCorners) =>
                x => nn.functional.interpolate(x[0], size, mode: InterpolationMode.Bilinear, align_corners: true),
            (ResizeKind.Bilinear, ResizeCoordinates.HalfPixel) => BilinearHalfPixel(op, size, exact),
            (ResizeKind.Nearest, ResizeCoordinates.Asymmetric) when whole =>
                x => nn.functional.interpolate(x[0], size, mode: InterpolationMode.Nearest),
            (ResizeKind.Nearest, ResizeCoordinates.HalfPixel) when whole =>
                x => nn.functional.interpolate(x[0], size, mode: InterpolationMode.NearestExact),
            _ => Separable(op, context),
        };
    }

    private static LayerFunction BilinearHalfPixel(ResizeOp op, long[] size, bool exact)
    {
        double[] scale = [op.ScaleHeight, op.ScaleWidth];
        return exact
            ? x => nn.functional.interpolate(x[0], size, mode: InterpolationMode.Bilinear, align_corners: false)
            : x => nn.functional.interpolate(x[0], scale_factor: scale, mode: InterpolationMode.Bilinear, align_corners: false);
    }

    /// <summary>Rows, then columns, each a blend of gathered neighbours.</summary>
    private static LayerFunction Separable(ResizeOp op, LayerContext context)
    {
        var rows = AxisBlend(op, 2, context.Input.Height, context.Output.Height, op.ScaleHeight, context);
        var columns = AxisBlend(op, 3, context.Input.Width, context.Output.Width, op.ScaleWidth, context);
        return x => columns(rows(x[0]));
    }

    private static Func<Tensor, Tensor> AxisBlend(ResizeOp op, int dimension, int inExtent, int outExtent, double scale, LayerContext context)
    {
        var table = ResizeTable.Create(op, inExtent, outExtent, scale);
        var cells = Array.ConvertAll(table.Cells, tap => context.Own(tensor(tap).to(context.Device)));
        if (op.Kind == ResizeKind.Nearest)
        {
            return x => x.index_select(dimension, cells[0]);
        }

        long[] shape = [1, 1, dimension == 2 ? outExtent : 1, dimension == 3 ? outExtent : 1];
        var weights = Array.ConvertAll(table.Weights, tap => context.Own(tensor(tap, shape).to(context.Device)));
        return x => cells
            .Zip(weights, (cell, weight) => x.index_select(dimension, cell) * weight)
            .Aggregate((sum, term) => sum + term);
    }

    /// <summary>Whether torch's own nearest neighbours round this way.</summary>
    private static bool IsUsual(NearestRounding rounding, ResizeCoordinates coordinates) => rounding == NearestRounding.Usual
        || rounding == (coordinates == ResizeCoordinates.Asymmetric ? NearestRounding.Floor : NearestRounding.PreferCeiling);

    private static bool IsWhole(ResizeOp op) => IsWhole(op.ScaleHeight) && IsWhole(op.ScaleWidth);

    private static bool IsWhole(double scale) => double.IsInteger(scale) || double.IsInteger(1 / scale);
}
