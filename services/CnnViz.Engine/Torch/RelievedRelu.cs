using CnnViz.Models;
using static TorchSharp.torch;

namespace CnnViz.Engine.Torch;

/// <summary>
/// ReLU and ReLU6 whose gradient passes unchanged everywhere: y = x + detach(relu(x) - x). The activation is ReLU's (of ReLU6
/// above 6 it may differ in the last bit).
/// </summary>
/// <remarks>
/// The published form lets the gradient pass only where it would raise the input. That depends on the gradient's sign, which no
/// combination of tensor operations sees, so both signs pass here.
/// </remarks>
internal static class RelievedRelu
{
    /// <summary>The relieved function of a layer; null where the layer is no ReLU.</summary>
    public static LayerFunction? Build(LayerOp op) => op switch
    {
        ActivationOp { Kind: ActivationKind.Relu } => x => Relieve(x[0], nn.functional.relu(x[0], false)),
        ActivationOp { Kind: ActivationKind.Relu6 } => x => Relieve(x[0], nn.functional.relu6(x[0], false)),
        _ => null,
    };

    private static Tensor Relieve(Tensor x, Tensor y) => x + (y - x).detach();
}
