using System.Globalization;
using System.Numerics.Tensors;

namespace CnnViz.Bench.Peers;

/// <summary>
/// Whether ours and a peer compute the same, checked before anything is timed: a ratio against something else is worth nothing.
/// </summary>
internal static class Agreement
{
    /// <summary>
    /// Float32 engines differ in ReLU masks and pooling choices at values next to a tie, which a gradient shows as a small turn.
    /// </summary>
    public const double GradientLimit = 1e-4;

    /// <summary>The same with a way back in bfloat16.</summary>
    public const double FastGradientLimit = 4e-4;

    /// <summary>Relative L2 distance of what a forward pass gives.</summary>
    public const double ForwardLimit = 1e-4;

    /// <summary>Relative L2 distance of two arrays.</summary>
    public static double Distance(ReadOnlySpan<float> ours, ReadOnlySpan<float> theirs)
    {
        var difference = new float[ours.Length];
        TensorPrimitives.Subtract(ours, theirs, difference);
        return TensorPrimitives.Norm<float>(difference) / Math.Max(TensorPrimitives.Norm(theirs), 1e-30f);
    }

    /// <summary>One less the cosine between two arrays, in double precision.</summary>
    public static double Turn(ReadOnlySpan<float> ours, ReadOnlySpan<float> theirs)
    {
        double dot = 0, ourSquare = 0, theirSquare = 0;
        for (var i = 0; i < ours.Length; i++)
        {
            dot += (double)ours[i] * theirs[i];
            ourSquare += (double)ours[i] * ours[i];
            theirSquare += (double)theirs[i] * theirs[i];
        }

        return 1 - (dot / Math.Max(Math.Sqrt(ourSquare * theirSquare), 1e-300));
    }

    /// <summary>Says how far apart they are, and throws where that is too far.</summary>
    public static void Require(BenchContext context, string what, double distance, double limit)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{what}: {distance:0.0e+0} (limit {limit:0.0e+0})");
        if (!(distance <= limit))
        {
            throw new InvalidOperationException($"ours and the peer do not compute the same: {text}");
        }

        context.Say($"agrees with the peer, {text}");
    }
}
