using CnnViz.Models;
using static TorchSharp.torch;

namespace CnnViz.Engine.Torch;

/// <summary>Computes a layer's output, (batch, ...sample shape), from its inputs' tensors; always returns a new tensor handle.</summary>
internal delegate Tensor LayerFunction(Tensor[] inputs);

/// <summary>What building a layer's function may use.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Inputs">One sample's input shapes, in order.</param>
/// <param name="Output">One sample's output shape.</param>
/// <param name="Weights">The model's weights.</param>
/// <param name="Device">Where tensors lie.</param>
/// <param name="InPlace">Whether the first input may be overwritten: nothing else reads it.</param>
/// <param name="Own">Hands a constant tensor to the compiled model, which disposes it; returns it.</param>
internal sealed record LayerContext(
    Layer Layer,
    IReadOnlyList<TensorShape> Inputs,
    TensorShape Output,
    TorchWeights Weights,
    Device Device,
    bool InPlace,
    Func<Tensor, Tensor> Own)
{
    public TensorShape Input => Inputs[0];

    /// <summary>A sample's axis as a tensor's dimension; negative axes count from the last, in both.</summary>
    public static long Dimension(int axis) => axis < 0 ? axis : axis + 1;
}
