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
        await Upstream(async () =>
        {
            await foreach (var (info, map) in inference.ReadMapsAsync(maps, context).ConfigureAwait(false))
            {
                var wire = new WirePicture(map.Header.Name, FeatureMapPicture.Draw(info, map, style), info.Execution);
                await responseStream.WriteAsync(new RenderFeatureMapsResponse { Picture = wire.Header }, context.CancellationToken);
                foreach (var chunk in wire.Chunks())
                {
                    await responseStream.WriteAsync(new RenderFeatureMapsResponse { Chunk = chunk }, context.CancellationToken);
                }
            }

            return true;
        });
    }
}
