namespace CnnViz.Models;

/// <summary>
/// Standard normal numbers from a seed, the same to the last bit on every machine: SplitMix64 (Steele, Lea and Flood, "Fast
/// splittable pseudorandom number generators", OOPSLA 2014) for the bits, Marsaglia's polar method for the normal law, and a
/// logarithm of additions, multiplications and divisions alone, since math libraries differ in the last bit of theirs.
/// </summary>
internal sealed class SeededNormal(ulong seed)
{
    private ulong _state = seed;
    private double _spare;
    private bool _hasSpare;

    public double Next()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spare;
        }

        while (true)
        {
            var u = Symmetric();
            var v = Symmetric();
            var square = (u * u) + (v * v);
            if (square is > 0 and < 1)
            {
                var factor = Math.Sqrt(-2 * Log(square) / square);
                (_spare, _hasSpare) = (v * factor, true);
                return u * factor;
            }
        }
    }

    /// <summary>The natural logarithm of a normal number above 0, to about 1e-15.</summary>
    internal static double Log(double value)
    {
        const double ln2 = 0.693147180559945309417;
        const long mantissa = 0x000FFFFFFFFFFFFF;
        const long half = 0x3FE0000000000000;
        const double sqrtHalf = 0.70710678118654752440;
        const int bias = 1022;
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52) - bias;
        var m = BitConverter.Int64BitsToDouble((bits & mantissa) | half);
        if (m < sqrtHalf)
        {
            m *= 2;
            exponent--;
        }

        // ln m = 2 artanh z, and |z| is at most 0.172: the tenth term is below 1e-16.
        var z = (m - 1) / (m + 1);
        var s = z * z;
        var sum = 0.0;
        for (var odd = 19; odd >= 1; odd -= 2)
        {
            sum = (sum * s) + (1.0 / odd);
        }

        return (2 * z * sum) + (exponent * ln2);
    }

    /// <summary>Uniform in [-1, 1), a multiple of 2^-52.</summary>
    private double Symmetric() => ((NextUInt64() >> 11) * (1.0 / (1L << 52))) - 1;

    private ulong NextUInt64()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
