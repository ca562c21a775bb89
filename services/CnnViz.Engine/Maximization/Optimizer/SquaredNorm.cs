using System.Numerics;
using System.Runtime.InteropServices;

namespace CnnViz.Engine.Maximization;

/// <summary>Sums of squares that neither overflow nor underflow where float32 would.</summary>
internal static class SquaredNorm
{
    /// <summary>The sum of squares in double precision: tiny gradients square to below float32's smallest number.</summary>
    public static double Of(ReadOnlySpan<float> values)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        var (low, high) = (Vector<double>.Zero, Vector<double>.Zero);
        nuint i = 0;
        for (; i + (nuint)Vector<float>.Count <= (nuint)values.Length; i += (nuint)Vector<float>.Count)
        {
            Vector.Widen(Vector.LoadUnsafe(ref first, i), out var a, out var b);
            low += a * a;
            high += b * b;
        }

        var sum = Vector.Sum(low + high);
        for (var j = (int)i; j < values.Length; j++)
        {
            sum += (double)values[j] * values[j];
        }

        return sum;
    }
}
