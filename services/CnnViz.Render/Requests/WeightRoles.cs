using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;

namespace CnnViz.Render.Requests;

/// <summary>Which of a layer's weight tensors a picture shows.</summary>
internal static class WeightRoles
{
    private const string Kernel = "kernel";

    /// <summary>The role asked for; else the kernel; else all vectors; else the first tensor.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for a role that the layer does not have.</exception>
    public static IReadOnlyList<string> Choose(LayerInfo layer, string asked)
    {
        var roles = layer.Weights.Select(weight => weight.Role).ToList();
        if (asked.Length > 0)
        {
            return roles.Contains(asked)
                ? [asked]
                : throw RpcErrors.InvalidArgument(("role", $"'{layer.Name}' has {string.Join(", ", roles)}"));
        }

        if (roles.Contains(Kernel))
        {
            return [Kernel];
        }

        var vectors = layer.Weights.Where(weight => weight.Shape.Count == 1).Select(weight => weight.Role).ToList();
        return vectors.Count > 0 ? vectors : [roles[0]];
    }
}
