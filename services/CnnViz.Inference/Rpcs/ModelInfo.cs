using CnnViz.Inference.Requests;
using CnnViz.Inference.Responses;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Inference.Rpcs;

internal sealed partial class InferenceGrpcService
{
    public override Task<ModelInfoResponse> ModelInfo(ModelInfoRequest request, ServerCallContext context)
    {
        var graph = models.Graph(request.Model, request.Spec);
        var (height, width) = InputSize.Of(graph, request.Height, request.Width);
        return Task.FromResult(ModelMessages.Info(graph, height, width));
    }
}
