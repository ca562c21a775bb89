using CnnViz.Render.Upstream;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;
using Google.Protobuf.Collections;

namespace CnnViz.Render.Pictures;

/// <summary>What a picture of weights is asked to show.</summary>
/// <param name="Model">The network.</param>
/// <param name="Layer">The layer whose weights they are.</param>
/// <param name="Request">What is wanted of them.</param>
/// <param name="Style">The checked look.</param>
internal sealed record WeightScene(ModelInfoResponse Model, LayerInfo Layer, RenderFiltersRequest Request, TileStyle Style)
{
    /// <summary>
    /// Network, said to be untrained where these weights are, layer, and the weights' role unless it is the kernel.
    /// </summary>
    public string Title(string role) =>
        $"{ModelTitles.Of(Model, Layer)} · {Layer.Name}{(role == "kernel" ? "" : $" · {role}")}";

    /// <summary>Refuses fields that only make sense for a convolution's kernel.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming them.</exception>
    public void RefuseFilterFields(ReceivedTensor weights)
    {
        var reason = $"needs a convolution's kernel; '{Layer.Name}' {weights.Header.Name} has rank {weights.Shape.Count}";
        var violations = new List<(string, string)>();
        foreach (var (set, field) in new[]
        {
            (Request.Filters.Count > 0, "filters"), (Request.Rgb, "rgb"),
            (Request.Order != FilterOrder.Unspecified, "order"), (Request.First != 0, "first"),
        })
        {
            if (set)
            {
                violations.Add((field, reason));
            }
        }

        if (Request.InputChannels.Count > 0 && weights.Shape.Count != 3)
        {
            violations.Add(("input_channels", reason));
        }

        if (violations.Count > 0)
        {
            throw RpcErrors.InvalidArgument([.. violations]);
        }
    }

    /// <summary>The numbers asked for, or all.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming the number that does not exist.</exception>
    public IReadOnlyList<int> Pick(string field, RepeatedField<int> asked, int count)
    {
        for (var i = 0; i < asked.Count; i++)
        {
            if (asked[i] < 0 || asked[i] >= count)
            {
                throw RpcErrors.InvalidArgument(($"{field}[{i}]", $"'{Layer.Name}' has 0 to {count - 1}, not {asked[i]}"));
            }
        }

        return asked.Count == 0 ? [.. Enumerable.Range(0, count)] : asked;
    }
}
