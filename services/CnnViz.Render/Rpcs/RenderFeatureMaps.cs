using CnnViz.Cache.Addressing;
using CnnViz.Render.Pictures;
using CnnViz.Render.Requests;
using CnnViz.Render.Responses;
using CnnViz.Render.Upstream;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.ServiceDefaults.Streaming;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Render.Rpcs;

internal sealed partial class RenderGrpcService
{
    public override async Task RenderFeatureMaps(
        RenderFeatureMapsRequest request, IServerStreamWriter<RenderFeatureMapsResponse> responseStream, ServerCallContext context)
    {
        var style = TileStyles.Check(request.Style);
        var maps = request.Maps ?? throw RpcErrors.InvalidArgument(("maps", "is required"));
        if (style is { ColorBar: true, Normalization: Normalization.Unspecified })
        {
            throw RpcErrors.InvalidArgument(
                ("style.color_bar", "needs one range for all tiles: another normalization than PER_TILE"));
        }

        var headers = credentials.Of(context);
        var address = maps.NoCache
            ? (ContentAddress?)null
            : await Upstream(() => addresses.OfAsync(request, UpstreamCall.Of(headers, context)));
        await caches.FeatureMaps.ServeAsync(
            address,
            (emit, token) => DrawAsync(maps, style, UpstreamCall.Of(headers, maps.NoCache, context, token), emit),
            (message, more) => responseStream.WriteAsync(message, more, context.CancellationToken),
            context.CancellationToken);
    }

    private async Task DrawAsync(
        FeatureMapsRequest maps, TileStyle style, UpstreamCall limits, Func<RenderFeatureMapsResponse, ValueTask> emit) =>
        await Upstream(async () =>
        {
            var model = await inference.ModelInfoAsync(
                new ModelInfoRequest { Model = maps.Model, Spec = maps.Spec, Height = maps.Height, Width = maps.Width },
                headers: limits.Headers,
                deadline: limits.Deadline,
                cancellationToken: limits.Token);
            FeatureMapPicture.Check(model, maps, style);
            await foreach (var (info, map) in inference.ReadMapsAsync(maps, limits).ConfigureAwait(false))
            {
                var picture = telemetry.Draw(
                    "feature_maps", () => FeatureMapPicture.Draw(model, info, map, maps.Channels, style));
                var wire = new WirePicture(map.Header.Name, picture, info.Execution);
                await emit(new RenderFeatureMapsResponse { Picture = wire.Header });
                foreach (var chunk in wire.Chunks())
                {
                    await emit(new RenderFeatureMapsResponse { Chunk = chunk });
                }
            }

            return true;
        });
}
