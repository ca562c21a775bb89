using System.Globalization;
using CnnViz.Imaging.Normalization;
using CnnViz.Imaging.Tests.Support;

namespace CnnViz.Imaging.Tests.Normalization;

public sealed class NormalizerTests
{
    [PythonFact]
    public void Normalize_EveryMode_EqualsNumpy()
    {
        using var reference = Reference.Run("normalize");
        Assert.Equal(56, reference.Cases.Count);
        foreach (var fields in reference.Cases)
        {
            var options = new NormalizationOptions
            {
                Mode = Enum.Parse<NormalizationMode>(fields[2]),
                LowPercentile = double.Parse(fields[3], CultureInfo.InvariantCulture),
                HighPercentile = double.Parse(fields[4], CultureInfo.InvariantCulture),
            };
            var values = reference.Floats(fields[0] + ".f32");
            var expected = reference.Floats(fields[0] + ".out.f32");
            var result = Normalizer.Normalize(values, int.Parse(fields[1], CultureInfo.InvariantCulture), options, values);
            Assert.Equal(expected.Count(float.IsNaN), result.NonFinite);
            // Percentiles and deviations pass through 64 bits in a different order: the range may differ in its last bit.
            var inLastBit = fields[2].StartsWith("Percentile", StringComparison.Ordinal) || fields[2] == "StandardizePerTile";
            var tolerance = inLastBit ? 2e-6f : 0;
            for (var i = 0; i < values.Length; i++)
                Assert.True(
                    float.IsNaN(expected[i]) ? float.IsNaN(values[i]) : Math.Abs(values[i] - expected[i]) <= tolerance,
                    $"{string.Join(' ', fields)}: {i}: {values[i]} for {expected[i]}");
        }
    }

    [Fact]
    public void Normalize_PerTile_TellsEachRange()
    {
        var result = Normalizer.Normalize(
            [1, 3, -5, 5, float.NaN, float.NaN], 2, new NormalizationOptions { Mode = NormalizationMode.MinMaxPerTile }, new float[6]);
        Assert.Equal([new ValueRange(1, 3), new ValueRange(-5, 5), new ValueRange(0, 0)], result.Ranges);
        Assert.Equal(2, result.NonFinite);
    }

    [Fact]
    public void Normalize_RangeBeyondFloat_StaysInOrder()
    {
        float[] values = [-float.MaxValue, 0, float.MaxValue];
        Normalizer.Normalize(values, 3, new NormalizationOptions(), values);
        Assert.Equal([0, 0.5f, 1], values);
    }

    [Fact]
    public void Normalize_Percentile_OrganPipeAndEqualValues_AreFound()
    {
        // Orders that make a naive quickselect quadratic; 200,001 of them would not end in time.
        var values = Enumerable.Range(0, 200_001).Select(i => (float)Math.Min(i, 200_000 - i)).ToArray();
        var options = new NormalizationOptions { Mode = NormalizationMode.Percentile, LowPercentile = 0, HighPercentile = 50 };
        Assert.Equal([new ValueRange(0, 50_000)], Normalizer.Normalize(values, 200_001, options, new float[200_001]).Ranges);
        Assert.Equal(
            [new ValueRange(4, 4)],
            Normalizer.Normalize(Enumerable.Repeat(4f, 1000).ToArray(), 1000, options, new float[1000]).Ranges);
    }

    [Theory]
    [InlineData(7, 2, 7, 1, 99)]
    [InlineData(4, 2, 3, 1, 99)]
    [InlineData(4, 0, 4, 1, 99)]
    [InlineData(4, 2, 4, 60, 40)]
    [InlineData(4, 2, 4, -1, 99)]
    [InlineData(4, 2, 4, 1, double.NaN)]
    public void Normalize_BadArguments_Refused(int values, int tile, int destination, double low, double high)
    {
        var options = new NormalizationOptions { LowPercentile = low, HighPercentile = high };
        Assert.ThrowsAny<ArgumentException>(() => Normalizer.Normalize(new float[values], tile, options, new float[destination]));
    }
}
