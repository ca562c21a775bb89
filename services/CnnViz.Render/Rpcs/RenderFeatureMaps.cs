using CnnViz.Render.Pictures;
using CnnViz.Render.Requests;
using CnnViz.Render.Responses;
using CnnViz.Render.Upstream;
using CnnViz.ServiceDefaults.Errors;
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

        await Upstream(async () =>
        {
            var model = await inference.ModelInfoAsync(
                new ModelInfoRequest { Model = maps.Model, Spec = maps.Spec, Height = maps.Height, Width = maps.Width },
                deadline: context.Deadline,
                cancellationToken: context.CancellationToken);
            FeatureMapPicture.Check(model, maps, style);
            await foreach (var (info, map) in inference.ReadMapsAsync(maps, context).ConfigureAwait(false))
            {
                var wire = new WirePicture(
                    map.Header.Name, FeatureMapPicture.Draw(model, info, map, maps.Channels, style), info.Execution);
                await responseStream.WriteAsync(
                    new RenderFeatureMapsResponse { Picture = wire.Header }, context.CancellationToken);
                foreach (var chunk in wire.Chunks())
                {
                    await responseStream.WriteAsync(new RenderFeatureMapsResponse { Chunk = chunk }, context.CancellationToken);
                }
            }

            return true;
        });
    }
}
