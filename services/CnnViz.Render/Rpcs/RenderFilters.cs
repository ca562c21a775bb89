using CnnViz.Render.Pictures;
using CnnViz.Render.Requests;
using CnnViz.Render.Responses;
using CnnViz.Render.Upstream;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Render.Rpcs;

internal sealed partial class RenderGrpcService
{
    public override async Task RenderFilters(
        RenderFiltersRequest request, IServerStreamWriter<RenderFiltersResponse> responseStream, ServerCallContext context)
    {
        var style = TileStyles.Check(request.Style);
        var picture = await Upstream(async () =>
        {
            var model = await inference.ModelInfoAsync(
                new ModelInfoRequest { Model = request.Model }, deadline: context.Deadline, cancellationToken: context.CancellationToken);
            var (info, weights) = await inference.ReadWeightsAsync(
                new FilterWeightsRequest { Model = request.Model, Layer = request.Layer, Roles = { "kernel" } }, context);
            return FilterPicture.Draw(model, info.Layer, weights[0], request, style);
        });

        var wire = new WirePicture(request.Layer, picture, execution: null);
        await responseStream.WriteAsync(new RenderFiltersResponse { Picture = wire.Header }, context.CancellationToken);
        foreach (var chunk in wire.Chunks())
        {
            await responseStream.WriteAsync(new RenderFiltersResponse { Chunk = chunk }, context.CancellationToken);
        }
    }
}
