using System.Security.Cryptography;
using CnnViz.Cache.Addressing;
using CnnViz.Imaging;
using CnnViz.Render.Upstream;
using CnnViz.V1;
using Google.Protobuf;

namespace CnnViz.Render.Cache;

/// <summary>
/// The addresses of pictures: of the numbers that they show, which the inference service says with every default filled in, and of
/// how they are drawn (<see cref="CanonicalLooks"/>). Two pictures never have one address.
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
        Drawn(request),
        call);

    public Task<ContentAddress> OfAsync(RenderFeatureMapsRequest request, UpstreamCall call)
    {
        // A picture is named by its hash on the way there; without one there is nothing to name, and it is refused there.
        var bare = request.Clone();
        bare.Maps.Picture = null;
        var file = request.Maps.Picture?.Data ?? ByteString.Empty;
        var sha256 = file.IsEmpty ? ByteString.Empty : ByteString.CopyFrom(SHA256.HashData(file.Span));
        var drawn = new RenderFeatureMapsRequest { Style = CanonicalLooks.OfTiles(request.Style) };
        return OfAsync(new ContentAddressRequest { FeatureMaps = bare.Maps, PictureSha256 = sha256 }, drawn, call);
    }

    /// <param name="request">The call.</param>
    /// <param name="maximize">What the inference service is asked for it.</param>
    /// <param name="call">Limits of the question.</param>
    public Task<ContentAddress> OfAsync(RenderMaximizationRequest request, MaximizeFilterRequest maximize, UpstreamCall call) =>
        OfAsync(new ContentAddressRequest { MaximizeFilter = maximize }, Drawn(request), call);

    /// <summary>What the picture depends on beside the numbers. Its name is the layer's as it was asked for.</summary>
    private static RenderFiltersRequest Drawn(RenderFiltersRequest request)
    {
        var drawn = request.Clone();
        (drawn.Model, drawn.Spec, drawn.NoCache) = ("", null, false);
        drawn.Style = CanonicalLooks.OfTiles(request.Style);
        return drawn;
    }

    /// <summary>
    /// The same of a maximization: of the run's request only how often its caller is shown a preview, since the animation asks
    /// for more of them.
    /// </summary>
    private static RenderMaximizationRequest Drawn(RenderMaximizationRequest request)
    {
        var drawn = request.Clone();
        drawn.Maximize = new MaximizeFilterRequest
        {
            Settings = new MaximizationSettings { PreviewInterval = request.Maximize.Settings?.PreviewInterval ?? 0 },
        };
        drawn.Style = CanonicalLooks.OfMaximization(request.Style);
        drawn.Animation = CanonicalLooks.OfAnimation(request);
        return drawn;
    }

    private async Task<ContentAddress> OfAsync(ContentAddressRequest numbers, IMessage request, UpstreamCall call)
    {
        var answer = await inference.ContentAddressAsync(
            numbers, headers: call.Headers, deadline: call.Deadline, cancellationToken: call.Token).ConfigureAwait(false);
        return CanonicalHash.Of(_build.Value, answer.Sha256, request);
    }
}
