using CnnViz.Models;
using static TorchSharp.torch;

namespace CnnViz.Engine.Torch;

/// <summary>The gradient of ReLU and ReLU6 with relief, as <see cref="CompileOptions.ReluRelief"/> defines it.</summary>
internal static class RelievedRelu
{
    private const double Limit = 6;

    /// <summary>Whether relief changes a layer's gradient.</summary>
    public static bool Applies(LayerOp op) => op is ActivationOp { Kind: ActivationKind.Relu or ActivationKind.Relu6 };

    /// <summary>The gradient to the layer's input, from that to its output.</summary>
    /// <param name="op">What <see cref="Applies"/> is true of.</param>
    /// <param name="x">The layer's input, (batch, ...).</param>
    /// <param name="plain">The gradient to it without relief.</param>
    /// <param name="gradient">The gradient to the output of what is to rise.</param>
    public static Tensor Relieve(LayerOp op, Tensor x, Tensor plain, Tensor gradient)
    {
        var blocked = Positive(x.neg()) * Positive(gradient.neg());
        if (op is ActivationOp { Kind: ActivationKind.Relu6 })
        {
            blocked += Positive(x + -Limit) * Positive(gradient);
        }

        // Where a sample is not silent, the second term is 0; where it is, the first.
        long[] sample = [.. Enumerable.Range(1, x.shape.Length - 1).Select(axis => (long)axis)];
        var silent = Positive(plain.abs().amax(sample, true)).neg() + 1;
        return plain + (silent * (gradient - (gradient * blocked)));
    }

    /// <summary>1 where a value is above 0, else 0.</summary>
    private static Tensor Positive(Tensor values) => nn.functional.threshold(values, 0, -1, false).clamp(-1, 0) + 1;
}
