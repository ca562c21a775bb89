using CnnViz.Render.Upstream;
using CnnViz.V1;

namespace CnnViz.Render.Pictures;

/// <summary>Which filters are drawn, and in what order.</summary>
internal static class FilterChoice
{
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming the filter that does not exist.</exception>
    public static IReadOnlyList<int> Of(WeightScene scene, LayerKernel kernel)
    {
        var request = scene.Request;
        var filters = scene.Pick("filters", request.Filters, kernel.Filters);
        if (request.Order != FilterOrder.Unspecified)
        {
            filters = [.. filters.OrderByDescending(filter => Norm(kernel, filter, request.Order)).ThenBy(filter => filter)];
        }

        return request.First == 0 ? filters : [.. filters.Take(request.First)];
    }

    /// <summary>Sum of magnitudes, or Euclidean norm, in 64 bits; a filter with a value that is no number comes last.</summary>
    private static double Norm(LayerKernel kernel, int filter, FilterOrder order)
    {
        var tile = new float[kernel.Height * kernel.Width];
        double sum = 0;
        for (var input = 0; input < kernel.Inputs; input++)
        {
            kernel.Copy(filter, input, tile);
            foreach (var value in tile)
            {
                sum += order == FilterOrder.L1 ? Math.Abs(value) : (double)value * value;
            }
        }

        return double.IsNaN(sum) ? double.NegativeInfinity : sum;
    }
}
