using System.Buffers;

namespace CnnViz.Imaging.Normalization;

/// <summary>
/// Percentiles by linear interpolation between the two nearest ranks (numpy's default, Hyndman and Fan's type 7).
/// </summary>
internal static class Percentiles
{
    /// <summary>Two percentiles of the finite values ((0, 0) without any) and the number of others.</summary>
    public static (ValueRange Range, long NonFinite) Find(ReadOnlySpan<float> values, double lowPercentile, double highPercentile)
    {
        var rented = ArrayPool<float>.Shared.Rent(values.Length);
        try
        {
            var count = 0;
            foreach (var value in values)
            {
                if (float.IsFinite(value))
                    rented[count++] = value;
            }

            if (count == 0)
                return (default, values.Length);
            var finite = rented.AsSpan(0, count);
            return (new ValueRange(At(finite, lowPercentile), At(finite, highPercentile)), values.Length - count);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private static float At(Span<float> values, double percentile)
    {
        var rank = percentile / 100 * (values.Length - 1);
        var below = (int)rank;
        Select(values, below);
        if (below == values.Length - 1)
            return values[below];
        // After selection all values behind are at least as large: the next rank is their minimum.
        var above = values[below + 1];
        foreach (var value in values[(below + 1)..])
            above = Math.Min(above, value);
        return (float)(values[below] + (rank - below) * ((double)above - values[below]));
    }

    /// <summary>Puts the value of a rank in its place, smaller ones before it and larger ones behind (quickselect).</summary>
    private static void Select(Span<float> values, int rank)
    {
        int low = 0, high = values.Length - 1;
        // Halving takes log2(n) rounds; an input that resists is sorted.
        for (var rounds = 0; low < high; rounds++)
        {
            if (rounds > 64)
            {
                values[low..(high + 1)].Sort();
                return;
            }

            var pivot = MedianOfThree(values[low], values[low + (high - low) / 2], values[high]);
            int i = low, j = high;
            while (i <= j)
            {
                while (values[i] < pivot)
                    i++;
                while (values[j] > pivot)
                    j--;
                if (i > j)
                    break;
                (values[i], values[j]) = (values[j], values[i]);
                i++;
                j--;
            }

            if (rank <= j)
                high = j;
            else if (rank >= i)
                low = i;
            else
                return;
        }
    }

    private static float MedianOfThree(float a, float b, float c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
