using CnnViz.Inference.Cache;
using CnnViz.Inference.Requests;
using CnnViz.Inference.Responses;
using CnnViz.Models;
using CnnViz.ServiceDefaults.Streaming;
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
        await caches.FilterWeights.ServeAsync(
            request.NoCache ? null : ContentAddresses.FilterWeights(graph, layer, weights, request),
            (emit, token) => ReadAsync(graph, layer, weights, request, emit, token),
            (message, more) => responseStream.WriteAsync(message, more, context.CancellationToken),
            context.CancellationToken).ConfigureAwait(false);
    }

    private static async Task ReadAsync(
        ModelGraph graph,
        ListedLayer layer,
        IReadOnlyList<LayerWeight> weights,
        FilterWeightsRequest request,
        Func<FilterWeightsResponse, ValueTask> emit,
        CancellationToken cancellation)
    {
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
                cancellation.ThrowIfCancellationRequested();
                info.Statistics.Add(WeightStatisticsMessages.Of(layer, weight, Read(graph, weight), options));
            }
        }

        await emit(new FilterWeightsResponse { Info = info }).ConfigureAwait(false);
        foreach (var weight in request.OmitValues ? [] : weights)
        {
            cancellation.ThrowIfCancellationRequested();
            var tensor = WireTensor.Float32(weight.Role, weight.Shape, WeightLayouts.Letters(weight), Read(graph, weight));
            await emit(new FilterWeightsResponse { Tensor = tensor.Header }).ConfigureAwait(false);
            foreach (var chunk in tensor.Chunks())
            {
                await emit(new FilterWeightsResponse { Chunk = chunk }).ConfigureAwait(false);
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
