using CnnViz.Inference.Requests;
using CnnViz.Inference.Responses;
using CnnViz.Models;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Inference.Rpcs;

internal sealed partial class InferenceGrpcService
{
    public override async Task FilterWeights(
        FilterWeightsRequest request, IServerStreamWriter<FilterWeightsResponse> responseStream, ServerCallContext context)
    {
        var graph = models.Graph(request.Model, request.Spec);
        var layer = graph.ListingOf(ModelRequests.Layer(graph, "layer", request.Layer));
        var weights = LayerWeights.Select(layer, request.Roles);
        StatisticsOptions.Check(request.Statistics);

        var info = new LayerWeightsInfo
        {
            Model = graph.Name,
            ModelDigest = graph.Digest,
            WeightsFile = graph.WeightsFile,
            Layer = ModelMessages.Layer(graph, layer, graph.Input.Height, graph.Input.Width),
        };
        if (request.Statistics is { } options)
        {
            foreach (var weight in weights)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                info.Statistics.Add(WeightStatisticsMessages.Of(layer, weight, Read(graph, weight), options));
            }
        }

        await responseStream.WriteAsync(new FilterWeightsResponse { Info = info }, context.CancellationToken)
            .ConfigureAwait(false);
        foreach (var weight in request.OmitValues ? [] : weights)
        {
            var tensor = WireTensor.Float32(weight.Role, weight.Shape, WeightLayouts.Letters(weight), Read(graph, weight));
            await responseStream.WriteAsync(new FilterWeightsResponse { Tensor = tensor.Header }, context.CancellationToken)
                .ConfigureAwait(false);
            foreach (var chunk in tensor.Chunks())
            {
                await responseStream.WriteAsync(new FilterWeightsResponse { Chunk = chunk }, context.CancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }

    private static float[] Read(ModelGraph graph, LayerWeight weight)
    {
        var values = new float[weight.ElementCount];
        graph.Weights.Read(weight.Key, values);
        return values;
    }
}
