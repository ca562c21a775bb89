using CnnViz.Models;

namespace CnnViz.Engine.Torch;

/// <summary>Where each output index of one resized axis reads: lower + fraction * (upper - lower).</summary>
/// <param name="Lower">The nearest index, or the lower of two neighbours.</param>
/// <param name="Upper">The upper neighbour; empty for nearest.</param>
/// <param name="Fraction">The upper neighbour's weight, 0..1; empty for nearest.</param>
internal sealed record ResizeTable(long[] Lower, long[] Upper, float[] Fraction)
{
    /// <summary>
    /// Bilinear: the source position is clamped to the axis. Nearest: half-pixel and align-corners round halves up, asymmetric
    /// rounds down, as TensorFlow's kernels do.
    /// </summary>
    /// <param name="kind">The interpolation.</param>
    /// <param name="coordinates">How target indices map to source positions.</param>
    /// <param name="inExtent">Cells of the input axis, at least 1.</param>
    /// <param name="outExtent">Cells of the output axis, at least 1.</param>
    /// <param name="scale">Output cells per input cell, above 0.</param>
    public static ResizeTable Create(ResizeKind kind, ResizeCoordinates coordinates, int inExtent, int outExtent, double scale)
    {
        var nearest = kind == ResizeKind.Nearest;
        var lower = new long[outExtent];
        var upper = new long[nearest ? 0 : outExtent];
        var fraction = new float[nearest ? 0 : outExtent];
        for (var target = 0; target < outExtent; target++)
        {
            var source = Source(coordinates, target, inExtent, outExtent, scale);
            if (nearest)
            {
                var cell = Math.Floor(coordinates == ResizeCoordinates.Asymmetric ? source : source + 0.5);
                lower[target] = (long)Math.Clamp(cell, 0, inExtent - 1);
                continue;
            }

            source = Math.Clamp(source, 0, inExtent - 1);
            lower[target] = (long)source;
            upper[target] = Math.Min(lower[target] + 1, inExtent - 1);
            fraction[target] = (float)(source - lower[target]);
        }

        return new ResizeTable(lower, upper, fraction);
    }

    private static double Source(ResizeCoordinates coordinates, int target, int inExtent, int outExtent, double scale) => coordinates switch
    {
        ResizeCoordinates.HalfPixel => ((target + 0.5) / scale) - 0.5,
        ResizeCoordinates.AlignCorners => outExtent == 1 ? 0 : target * (inExtent - 1.0) / (outExtent - 1),
        _ => target / scale,
    };
}
