using CnnViz.Models;

namespace CnnViz.Engine.Numerics;

/// <summary>
/// Which cells each output index of one resized axis blends: the sum over taps t of Weights[t][i] * input[Cells[t][i]].
/// </summary>
/// <param name="Cells">
/// Per tap, a cell of the input axis for each output index: one tap for nearest, 2 for bilinear, 4 for bicubic.
/// </param>
/// <param name="Weights">Per tap, its weights; they add up to 1 for each output index. None for nearest.</param>
internal sealed record ResizeTable(long[][] Cells, float[][] Weights)
{
    private const double CubicA = -0.75;

    /// <summary>Cells outside the axis stand for the nearest one inside. Positions are computed in double precision.</summary>
    /// <param name="op">The interpolation, how target indices map to source positions, and the rounding.</param>
    /// <param name="inExtent">Cells of the input axis, at least 1.</param>
    /// <param name="outExtent">Cells of the output axis, at least 1.</param>
    /// <param name="scale">Output cells per input cell, above 0.</param>
    public static ResizeTable Create(ResizeOp op, int inExtent, int outExtent, double scale)
    {
        var taps = op.Kind switch
        {
            ResizeKind.Nearest => 1,
            ResizeKind.Bilinear => 2,
            _ => 4,
        };
        var cells = Enumerable.Range(0, taps).Select(_ => new long[outExtent]).ToArray();
        var weights = Enumerable.Range(0, taps == 1 ? 0 : taps).Select(_ => new float[outExtent]).ToArray();
        for (var target = 0; target < outExtent; target++)
        {
            var source = Source(op.Coordinates, target, inExtent, outExtent, scale);
            if (taps == 1)
            {
                cells[0][target] = (long)Math.Clamp(Round(op, source), 0, inExtent - 1);
                continue;
            }

            var before = Math.Floor(source);
            for (var tap = 0; tap < taps; tap++)
            {
                var cell = before + tap - (taps == 4 ? 1 : 0);
                cells[tap][target] = (long)Math.Clamp(cell, 0, inExtent - 1);
                weights[tap][target] = (float)(taps == 2 ? 1 - Math.Abs(source - cell) : Cubic(Math.Abs(source - cell)));
            }
        }

        return new ResizeTable(cells, weights);
    }

    private static double Source(ResizeCoordinates coordinates, int target, int inExtent, int outExtent, double scale) => coordinates switch
    {
        ResizeCoordinates.TorchHalfPixel when outExtent == 1 => 0,
        ResizeCoordinates.HalfPixel or ResizeCoordinates.TorchHalfPixel => ((target + 0.5) / scale) - 0.5,
        ResizeCoordinates.AlignCorners => outExtent == 1 ? 0 : target * (inExtent - 1.0) / (outExtent - 1),
        _ => target / scale,
    };

    private static double Round(ResizeOp op, double source) => op.Rounding switch
    {
        NearestRounding.Floor => Math.Floor(source),
        NearestRounding.Ceiling => Math.Ceiling(source),
        NearestRounding.PreferFloor => Math.Ceiling(source - 0.5),
        NearestRounding.Usual when op.Coordinates == ResizeCoordinates.Asymmetric => Math.Floor(source),
        _ => Math.Floor(source + 0.5),
    };

    /// <summary>Keys' kernel (1981) at a distance of 0..2 cells.</summary>
    private static double Cubic(double d) => d <= 1
        ? ((((CubicA + 2) * d) - (CubicA + 3)) * d * d) + 1
        : CubicA * ((((((d - 5) * d) + 8) * d) - 4));
}
