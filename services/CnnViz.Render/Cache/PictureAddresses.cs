using System.Security.Cryptography;
using CnnViz.Cache.Addressing;
using CnnViz.Imaging;
using CnnViz.Render.Upstream;
using CnnViz.V1;
using Google.Protobuf;

namespace CnnViz.Render.Cache;

/// <summary>
/// The addresses of pictures: of the numbers that they show, which the inference service says, and of how they are drawn. Requests
/// that differ only in a default left out or given may have two addresses; two pictures never have one.
/// </summary>
internal sealed class PictureAddresses(InferenceService.InferenceServiceClient inference)
{
    private static readonly Lazy<ContentAddress> _build = new(() => BuildIdentity.Of(
        typeof(PictureAddresses).Assembly, typeof(Raster).Assembly));

    public Task<ContentAddress> OfAsync(RenderFiltersRequest request, UpstreamCall call) => OfAsync(
        new ContentAddressRequest
        {
            FilterWeights = new FilterWeightsRequest { Model = request.Model, Spec = request.Spec, Layer = request.Layer },
        },
        request,
        call);

    public Task<ContentAddress> OfAsync(RenderFeatureMapsRequest request, UpstreamCall call)
    {
        // A picture is named by its hash on the way there; without one there is nothing to name, and it is refused there.
        var bare = request.Clone();
        bare.Maps.Picture = null;
        var file = request.Maps.Picture?.Data ?? ByteString.Empty;
        var sha256 = file.IsEmpty ? ByteString.Empty : ByteString.CopyFrom(SHA256.HashData(file.Span));
        return OfAsync(new ContentAddressRequest { FeatureMaps = bare.Maps, PictureSha256 = sha256 }, bare, call);
    }

    /// <param name="request">The call.</param>
    /// <param name="maximize">What the inference service is asked for it.</param>
    /// <param name="call">Limits of the question.</param>
    public Task<ContentAddress> OfAsync(RenderMaximizationRequest request, MaximizeFilterRequest maximize, UpstreamCall call) =>
        OfAsync(new ContentAddressRequest { MaximizeFilter = maximize }, request, call);

    private async Task<ContentAddress> OfAsync(ContentAddressRequest numbers, IMessage request, UpstreamCall call)
    {
        var answer = await inference.ContentAddressAsync(numbers, deadline: call.Deadline, cancellationToken: call.Token)
            .ConfigureAwait(false);
        return CanonicalHash.Of(_build.Value, answer.Sha256, request);
    }
}
