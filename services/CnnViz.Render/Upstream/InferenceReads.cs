using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Render.Upstream;

/// <summary>Whole answers of the inference service, put together from their streams.</summary>
internal static class InferenceReads
{
    /// <summary>A layer's weights of the given roles.</summary>
    public static async Task<(LayerWeightsInfo Info, List<ReceivedTensor> Weights)> ReadWeightsAsync(
        this InferenceService.InferenceServiceClient inference, FilterWeightsRequest request, UpstreamCall limits)
    {
        LayerWeightsInfo? info = null;
        var reader = new TensorReader();
        var weights = new List<ReceivedTensor>();
        using var call = inference.FilterWeights(
            request, headers: limits.Headers, deadline: limits.Deadline, cancellationToken: limits.Token);
        await foreach (var message in call.ResponseStream.ReadAllAsync(limits.Token).ConfigureAwait(false))
        {
            switch (message.ContentCase)
            {
                case FilterWeightsResponse.ContentOneofCase.Info:
                    info = message.Info;
                    break;
                case FilterWeightsResponse.ContentOneofCase.Tensor:
                    reader.Begin(message.Tensor);
                    break;
                case FilterWeightsResponse.ContentOneofCase.Chunk when reader.Add(message.Chunk) is { } tensor:
                    weights.Add(tensor);
                    break;
            }
        }

        return info is not null && !reader.Incomplete
            ? (info, weights)
            : throw new InvalidDataException("the stream of weights ended early");
    }

    /// <summary>Feature maps, one tensor at a time, as they arrive.</summary>
    public static async IAsyncEnumerable<(FeatureMapsInfo Info, ReceivedTensor Map)> ReadMapsAsync(
        this InferenceService.InferenceServiceClient inference,
        FeatureMapsRequest request,
        UpstreamCall limits)
    {
        FeatureMapsInfo? info = null;
        var reader = new TensorReader();
        using var call = inference.FeatureMaps(
            request, headers: limits.Headers, deadline: limits.Deadline, cancellationToken: limits.Token);
        await foreach (var message in call.ResponseStream.ReadAllAsync(limits.Token).ConfigureAwait(false))
        {
            switch (message.ContentCase)
            {
                case FeatureMapsResponse.ContentOneofCase.Info:
                    info = message.Info;
                    break;
                case FeatureMapsResponse.ContentOneofCase.Tensor:
                    reader.Begin(message.Tensor);
                    break;
                case FeatureMapsResponse.ContentOneofCase.Chunk when reader.Add(message.Chunk) is { } tensor:
                    yield return (info ?? throw new InvalidDataException("maps came before their info"), tensor);
                    break;
            }
        }

        if (reader.Incomplete)
        {
            throw new InvalidDataException("the stream of feature maps ended early");
        }
    }
}
