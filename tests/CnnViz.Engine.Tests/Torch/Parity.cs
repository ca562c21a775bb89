namespace CnnViz.Engine.Tests.Torch;

/// <summary>How far results are from a float64 reference.</summary>
internal static class Parity
{
    /// <summary>|actual - expected| / |expected|, Euclidean.</summary>
    public static double RelativeError(ReadOnlySpan<float> actual, ReadOnlySpan<double> expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        double difference = 0, size = 0;
        for (var i = 0; i < actual.Length; i++)
        {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            size += expected[i] * expected[i];
        }

        return Math.Sqrt(difference / size);
    }

    /// <summary>1 - the cosine of the angle between the two.</summary>
    public static double AngleError(ReadOnlySpan<float> actual, ReadOnlySpan<double> expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        double dot = 0, a = 0, b = 0;
        for (var i = 0; i < actual.Length; i++)
        {
            dot += actual[i] * expected[i];
            a += (double)actual[i] * actual[i];
            b += expected[i] * expected[i];
        }

        return 1 - (dot / Math.Sqrt(a * b));
    }

    /// <summary>Uniform in [-1, 1].</summary>
    public static float[] RandomValues(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }
}
