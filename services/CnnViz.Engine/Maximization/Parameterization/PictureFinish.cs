using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// The last steps from a parameterization's planes to the picture in ascent space: mixing three decorrelated planes into red,
/// green and blue (other channel counts stay unmixed), and squashing by 2 sigmoid(x) - 1. Each can be left out. Immutable.
/// </summary>
/// <param name="channels">Channels of the picture.</param>
/// <param name="decorrelate">Whether three planes are mixed by <see cref="ColorDecorrelation"/>.</param>
/// <param name="bounded">Whether values are squashed into [-1, 1].</param>
public sealed class PictureFinish(int channels, bool decorrelate, bool bounded)
{
    private readonly bool _mixes = decorrelate && channels == 3;

    /// <summary>From planes to the picture, in place.</summary>
    public void Forward(Span<float> image)
    {
        if (_mixes)
        {
            ColorDecorrelation.Correlate(image);
        }

        if (bounded)
        {
            // 2 sigmoid(x) - 1 = tanh(x / 2).
            TensorPrimitives.Multiply(image, 0.5f, image);
            TensorPrimitives.Tanh(image, image);
        }
    }

    /// <summary>From the gradient to the picture to that to the planes.</summary>
    /// <param name="image">The finished picture.</param>
    /// <param name="gradient">The gradient to it.</param>
    /// <param name="planes">Receives the gradient to the planes.</param>
    public void Adjoint(ReadOnlySpan<float> image, ReadOnlySpan<float> gradient, Span<float> planes)
    {
        if (bounded)
        {
            SquashAdjoint(image, gradient, planes);
        }
        else
        {
            gradient.CopyTo(planes);
        }

        if (_mixes)
        {
            ColorDecorrelation.CorrelateAdjoint(planes);
        }
    }

    /// <summary>The derivative of tanh(x / 2) is (1 - v^2) / 2 at v = tanh(x / 2).</summary>
    private static void SquashAdjoint(ReadOnlySpan<float> image, ReadOnlySpan<float> gradient, Span<float> destination)
    {
        ref var v = ref MemoryMarshal.GetReference(image);
        ref var g = ref MemoryMarshal.GetReference(gradient);
        ref var d = ref MemoryMarshal.GetReference(destination);
        var half = new Vector<float>(0.5f);
        nuint i = 0;
        for (; i + (nuint)Vector<float>.Count <= (nuint)image.Length; i += (nuint)Vector<float>.Count)
        {
            var value = Vector.LoadUnsafe(ref v, i);
            (Vector.LoadUnsafe(ref g, i) * (half - (half * value * value))).StoreUnsafe(ref d, i);
        }

        for (var j = (int)i; j < image.Length; j++)
        {
            destination[j] = gradient[j] * (0.5f - (0.5f * image[j] * image[j]));
        }
    }
}
