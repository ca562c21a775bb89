using System.Numerics.Tensors;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// Makes variants of one filter's picture differ: minus the mean cosine between the Gram matrices of each pair of variants, where
/// a variant's Gram matrix is A A^T of its (channels, cells) activation A. From -1 (all alike) up. The weight
/// multiplies it: <see cref="DiversityOptions.Weight"/>. Channels that only ever fire together tell styles apart, as in style
/// transfer.
/// </summary>
/// <remarks>
/// With unit Gram matrices u = G / |G|, the gradient of cos(G_i, G_j) to G_i is (u_j - cos u_i) / |G_i|, and that of G to A is
/// 2 (dG) A, the matrices being symmetric.
/// </remarks>
public static class DiversityObjective
{
    private const double SmallestNorm = 1e-12;

    /// <summary>The value, and the cotangents times a weight added to those there are.</summary>
    /// <param name="activations">The variants' activations, (variants, channels, cells).</param>
    /// <param name="shape">One variant's shape.</param>
    /// <param name="variants">How many, at least 2.</param>
    /// <param name="weight">What the cotangents are multiplied by.</param>
    /// <param name="cotangents">Receives the sum, shaped like <paramref name="activations"/>.</param>
    public static double Add(
        ReadOnlySpan<float> activations, TensorShape shape, int variants, double weight, Span<float> cotangents)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(variants, 2);
        var channels = shape.Channels;
        var length = (int)shape.ElementCount;
        var units = new float[variants][];
        var norms = new double[variants];
        for (var i = 0; i < variants; i++)
        {
            units[i] = Gram(activations.Slice(i * length, length), channels);
            norms[i] = Math.Max(Math.Sqrt(SquaredNorm.Of(units[i])), SmallestNorm);
            TensorPrimitives.Divide(units[i], (float)norms[i], units[i]);
        }

        var pairs = variants * (variants - 1) / 2;
        double sum = 0;
        var gradient = new float[channels * channels];
        for (var i = 0; i < variants; i++)
        {
            Array.Clear(gradient);
            for (var j = 0; j < variants; j++)
            {
                if (j == i)
                {
                    continue;
                }

                var cosine = TensorPrimitives.Dot<float>(units[i], units[j]);
                sum += cosine / 2.0;
                TensorPrimitives.MultiplyAdd(units[i], -cosine, gradient, gradient);
                TensorPrimitives.Add(gradient, units[j], gradient);
            }

            var factor = (float)(-2 * weight / (pairs * norms[i]));
            AddProduct(gradient, activations.Slice(i * length, length), channels, factor, cotangents.Slice(i * length, length));
        }

        return -sum / pairs;
    }

    private static float[] Gram(ReadOnlySpan<float> activation, int channels)
    {
        var gram = new float[channels * channels];
        var cells = activation.Length / channels;
        for (var i = 0; i < channels; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var dot = TensorPrimitives.Dot(activation.Slice(i * cells, cells), activation.Slice(j * cells, cells));
                gram[(i * channels) + j] = gram[(j * channels) + i] = dot;
            }
        }

        return gram;
    }

    /// <summary>target += factor * matrix * activation.</summary>
    private static void AddProduct(
        ReadOnlySpan<float> matrix, ReadOnlySpan<float> activation, int channels, float factor, Span<float> target)
    {
        var cells = activation.Length / channels;
        for (var i = 0; i < channels; i++)
        {
            var row = target.Slice(i * cells, cells);
            for (var j = 0; j < channels; j++)
            {
                TensorPrimitives.MultiplyAdd(
                    activation.Slice(j * cells, cells), factor * matrix[(i * channels) + j], row, row);
            }
        }
    }
}
