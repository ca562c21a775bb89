using CnnViz.Engine.Numerics;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>Comparisons and test vectors.</summary>
internal static class Close
{
    /// <summary>Uniform values in [-1, 1), the same for the same seed.</summary>
    public static float[] Random(int length, ulong seed)
    {
        var random = new CounterRandom(seed, RandomPurpose.Start, 0);
        return [.. Enumerable.Range(0, length).Select(_ => (2 * random.NextSingle()) - 1)];
    }

    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Assert.Equal(a.Length, b.Length);
        double sum = 0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }

    /// <summary>Largest deviation, relative to the largest expected magnitude.</summary>
    public static void Arrays(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = 0;
        double deviation = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            deviation = Math.Max(deviation, Math.Abs(expected[i] - actual[i]));
        }

        Assert.True(largest > 0, "nothing to compare with");
        Assert.True(deviation <= tolerance * largest, $"deviates by {deviation / largest:e2} of the largest value");
    }

    public static void Relative(double expected, double actual, double tolerance) =>
        Assert.True(
            Math.Abs(expected - actual) <= tolerance * Math.Max(Math.Abs(expected), 1e-30),
            $"expected {expected:g9}, not {actual:g9}");

    /// <summary>
    /// Checks a gradient against central differences of a scalar function along random directions, which float32 functions allow
    /// to about 1e-3.
    /// </summary>
    public static void Gradient(
        Func<float[], double> function, float[] at, ReadOnlySpan<float> gradient, double step, double tolerance)
    {
        for (ulong direction = 0; direction < 5; direction++)
        {
            var along = Random(at.Length, 1000 + direction);
            float[] up = [.. at.Zip(along, (x, d) => (float)(x + (step * d)))];
            float[] down = [.. at.Zip(along, (x, d) => (float)(x - (step * d)))];
            var difference = (function(up) - function(down)) / (2 * step);
            var expected = Dot(gradient, along);
            Assert.True(
                Math.Abs(difference - expected) <= tolerance * Math.Sqrt(Dot(gradient, gradient)),
                $"direction {direction}: difference {difference:g6}, gradient {expected:g6}");
        }
    }
}
