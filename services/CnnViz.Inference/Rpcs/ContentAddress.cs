using System.Security.Cryptography;
using CnnViz.Inference.Cache;
using CnnViz.Inference.Requests;
using CnnViz.Inference.Runs;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;
using Google.Protobuf;
using Grpc.Core;

namespace CnnViz.Inference.Rpcs;

internal sealed partial class InferenceGrpcService
{
    public override Task<ContentAddressResponse> ContentAddress(ContentAddressRequest request, ServerCallContext context)
    {
        var sha256 = request.PictureSha256;
        if (!sha256.IsEmpty && (sha256.Length != SHA256.HashSizeInBytes || request.FeatureMaps?.Picture is not null))
        {
            throw RpcErrors.InvalidArgument(
                ("picture_sha256", $"must be {SHA256.HashSizeInBytes} bytes, and the picture left out, where it is given"));
        }

        var address = request.CallCase switch
        {
            ContentAddressRequest.CallOneofCase.FeatureMaps => Plan(request.FeatureMaps!).Address(
                sha256.IsEmpty ? SHA256.HashData(PictureInput.File(request.FeatureMaps!.Picture).Span) : sha256.ToByteArray()),
            ContentAddressRequest.CallOneofCase.FilterWeights => Address(request.FilterWeights),
            ContentAddressRequest.CallOneofCase.MaximizeFilter => RunPlan.Read(models, engines, request.MaximizeFilter).Address(),
            _ => throw RpcErrors.InvalidArgument(("call", "must be one of feature_maps, filter_weights and maximize_filter")),
        };
        return Task.FromResult(new ContentAddressResponse { Sha256 = ByteString.CopyFrom(address.Bytes) });
    }

    private CnnViz.Cache.Addressing.ContentAddress Address(FilterWeightsRequest request)
    {
        var graph = models.Graph(request.Model, request.Spec);
        var layer = graph.ListingOf(ModelRequests.Layer(graph, "layer", request.Layer));
        StatisticsOptions.Check(request.Statistics);
        return ContentAddresses.FilterWeights(graph, layer, LayerWeights.Select(layer, request.Roles), request);
    }
}
