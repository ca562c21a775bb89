using System.Numerics.Tensors;

namespace CnnViz.Imaging.Normalization;

/// <summary>The vectorised parts of normalising.</summary>
internal static class ValueScaling
{
    /// <summary>Smallest and largest finite value ((0, 0) without any) and the number of others.</summary>
    public static (float Low, float High, long NonFinite) FiniteMinMax(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
            return (0, 0, 0);
        // Min and Max pass NaN on, so finite results prove that all values are finite.
        var low = TensorPrimitives.Min(values);
        var high = TensorPrimitives.Max(values);
        if (float.IsFinite(low) && float.IsFinite(high))
            return (low, high, 0);

        low = float.PositiveInfinity;
        high = float.NegativeInfinity;
        long nonFinite = 0;
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                nonFinite++;
                continue;
            }

            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        return nonFinite == values.Length ? (0, 0, nonFinite) : (low, high, nonFinite);
    }

    /// <summary>
    /// (v - low) / (high - low), clipped to 0..1; NaN for a value that is not finite; <paramref name="flat"/> for an empty range.
    /// </summary>
    public static void Scale(ReadOnlySpan<float> source, ValueRange range, float flat, bool hasNonFinite, Span<float> destination)
    {
        var width = range.High - range.Low;
        if (!float.IsFinite(width) || hasNonFinite)
        {
            ScaleSlowly(source, range, flat, destination);
            return;
        }

        if (width == 0)
        {
            destination.Fill(flat);
            return;
        }

        TensorPrimitives.Subtract(source, range.Low, destination);
        TensorPrimitives.Divide(destination, width, destination);
        TensorPrimitives.Max(destination, 0f, destination);
        TensorPrimitives.Min(destination, 1f, destination);
    }

    /// <summary>With a look at each value; in 64 bits where the width of the range overflows 32.</summary>
    private static void ScaleSlowly(ReadOnlySpan<float> source, ValueRange range, float flat, Span<float> destination)
    {
        var width = range.High - range.Low;
        for (var i = 0; i < source.Length; i++)
        {
            var value = source[i];
            if (!float.IsFinite(value))
                destination[i] = float.NaN;
            else if (width == 0)
                destination[i] = flat;
            else if (float.IsFinite(width))
                destination[i] = Math.Clamp((value - range.Low) / width, 0, 1);
            else
                destination[i] = (float)Math.Clamp(((double)value - range.Low) / ((double)range.High - range.Low), 0, 1);
        }
    }
}
