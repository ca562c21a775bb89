using CnnViz.Render.Upstream;
using CnnViz.V1;

namespace CnnViz.Render.Pictures;

/// <summary>
/// A layer's weights as a picture. The rank decides the view: a plot of a vector, one heat map of a matrix, a tile per channel of
/// rank 3, a grid of filters for a convolution's kernel.
/// </summary>
internal static class FilterPicture
{
    /// <param name="model">The network.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">One tensor of any rank, or several vectors.</param>
    /// <param name="request">What is wanted of it.</param>
    /// <param name="style">The checked look.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming the field that does not suit the tensor.</exception>
    public static FinishedPicture Draw(
        ModelInfoResponse model, LayerInfo layer, IReadOnlyList<ReceivedTensor> weights, RenderFiltersRequest request, TileStyle style)
    {
        var scene = new WeightScene(model, layer, request, style);
        var name = weights[0].Header.Name;
        var groups = layer.Weights.FirstOrDefault(weight => weight.Role == name)?.Groups ?? 1;
        if (LayerKernel.From(weights[0], groups) is { } kernel)
        {
            return KernelPicture.Draw(scene, name, kernel);
        }

        scene.RefuseFilterFields(weights[0]);
        return weights[0].Shape.Count switch
        {
            0 or 1 => VectorPicture.Draw(scene, weights),
            2 => MatrixPicture.Draw(scene, weights[0]),
            _ => ChannelPicture.Draw(scene, weights[0]),
        };
    }
}
