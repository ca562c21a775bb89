using CnnViz.Inference.Requests;
using CnnViz.Inference.Responses;
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

        await responseStream.WriteAsync(
            new FilterWeightsResponse
            {
                Info = new LayerWeightsInfo
                {
                    Model = graph.Name,
                    ModelDigest = graph.Digest,
                    Layer = ModelMessages.Layer(graph, layer, graph.Input.Height, graph.Input.Width),
                },
            },
            context.CancellationToken).ConfigureAwait(false);

        foreach (var weight in weights)
        {
            var values = new float[weight.ElementCount];
            graph.Weights.Read(weight.Key, values);
            var tensor = WireTensor.Float32(weight.Role, weight.Shape, WeightLayouts.Letters(weight), values);
            await responseStream.WriteAsync(new FilterWeightsResponse { Tensor = tensor.Header }, context.CancellationToken)
                .ConfigureAwait(false);
            foreach (var chunk in tensor.Chunks())
            {
                await responseStream.WriteAsync(new FilterWeightsResponse { Chunk = chunk }, context.CancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }
}
