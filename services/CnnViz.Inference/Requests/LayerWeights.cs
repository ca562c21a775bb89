using CnnViz.Models;
using CnnViz.ServiceDefaults.Errors;

namespace CnnViz.Inference.Requests;

/// <summary>The weight tensors of a layer that a request wants.</summary>
internal static class LayerWeights
{
    /// <summary>All of the layer's weights, or those with the roles asked for, in the layer's order.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for a role the layer does not have, or a layer without
    /// weights.</exception>
    public static IReadOnlyList<LayerWeight> Select(ListedLayer layer, IReadOnlyList<string> roles)
    {
        if (layer.Weights.Count == 0)
        {
            throw RpcErrors.InvalidArgument(("layer", $"'{layer.Name}' ({layer.ClassName}) has no weights"));
        }

        for (var i = 0; i < roles.Count; i++)
        {
            if (layer.Weight(roles[i]) is null)
            {
                var known = string.Join(", ", layer.Weights.Select(w => w.Role));
                throw RpcErrors.InvalidArgument(
                    ($"roles[{i}]", $"'{layer.Name}' has {known}, not {Fields.Quote(roles[i])}"));
            }
        }

        return roles.Count == 0 ? layer.Weights : [.. layer.Weights.Where(w => roles.Contains(w.Role))];
    }
}
