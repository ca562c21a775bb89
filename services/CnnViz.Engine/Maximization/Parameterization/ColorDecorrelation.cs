using System.Numerics;
using System.Runtime.InteropServices;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// The linear map from decorrelated colour to red, green, blue, followed by the squashing into ascent space. The matrix is a
/// square root of the colour covariance of natural photographs, as published with the lucid library, divided by its largest
/// column norm: steps along its first axis change brightness, along the others hue, each as far as photographs do.
/// </summary>
public static class ColorDecorrelation
{
    /// <summary>Largest column norm of the published matrix.</summary>
    private const double Norm = 0.46195;

    private static readonly float[] _matrix =
    [
        (float)(0.26 / Norm), (float)(0.09 / Norm), (float)(0.02 / Norm),
        (float)(0.27 / Norm), 0, (float)(-0.05 / Norm),
        (float)(0.27 / Norm), (float)(-0.09 / Norm), (float)(0.03 / Norm),
    ];

    /// <summary>Row r, column c of the 3x3 matrix A in rgb = A x.</summary>
    public static float Coefficient(int row, int column) => _matrix[(row * 3) + column];

    /// <summary>rgb = A x, in place, for three planes.</summary>
    public static void Correlate(Span<float> planes) => Apply(planes, 0, 1);

    /// <summary>x = A^T rgb, in place, for three planes: the adjoint of <see cref="Correlate"/>.</summary>
    public static void CorrelateAdjoint(Span<float> planes) => Apply(planes, 1, 0);

    private static void Apply(Span<float> planes, int transposed, int straight)
    {
        float At(int row, int column) =>
            (straight * _matrix[(row * 3) + column]) + (transposed * _matrix[(column * 3) + row]);

        var plane = planes.Length / 3;
        ref var first = ref MemoryMarshal.GetReference(planes);
        var (m00, m01, m02) = (At(0, 0), At(0, 1), At(0, 2));
        var (m10, m11, m12) = (At(1, 0), At(1, 1), At(1, 2));
        var (m20, m21, m22) = (At(2, 0), At(2, 1), At(2, 2));
        var second = (nuint)plane;
        var third = 2 * (nuint)plane;
        nuint i = 0;
        for (; i + (nuint)Vector<float>.Count <= second; i += (nuint)Vector<float>.Count)
        {
            var x = Vector.LoadUnsafe(ref first, i);
            var y = Vector.LoadUnsafe(ref first, i + second);
            var z = Vector.LoadUnsafe(ref first, i + third);
            ((x * m00) + (y * m01) + (z * m02)).StoreUnsafe(ref first, i);
            ((x * m10) + (y * m11) + (z * m12)).StoreUnsafe(ref first, i + second);
            ((x * m20) + (y * m21) + (z * m22)).StoreUnsafe(ref first, i + third);
        }

        for (var j = (int)i; j < plane; j++)
        {
            var (x, y, z) = (planes[j], planes[j + plane], planes[j + (2 * plane)]);
            planes[j] = (x * m00) + (y * m01) + (z * m02);
            planes[j + plane] = (x * m10) + (y * m11) + (z * m12);
            planes[j + (2 * plane)] = (x * m20) + (y * m21) + (z * m22);
        }
    }
}
