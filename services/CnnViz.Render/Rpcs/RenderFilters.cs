using CnnViz.Render.Pictures;
using CnnViz.Render.Requests;
using CnnViz.Render.Responses;
using CnnViz.Render.Upstream;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Render.Rpcs;

internal sealed partial class RenderGrpcService
{
    private const int MostFilters = 65_536;

    public override async Task RenderFilters(
        RenderFiltersRequest request, IServerStreamWriter<RenderFiltersResponse> responseStream, ServerCallContext context)
    {
        var style = TileStyles.Check(request.Style);
        var fields = new FieldChecks();
        fields.Known("order", request.Order);
        fields.InRange("first", true, request.First, 0, MostFilters);
        fields.Throw();
        var picture = await Upstream(async () =>
        {
            var model = await inference.ModelInfoAsync(
                new ModelInfoRequest { Model = request.Model, Spec = request.Spec },
                deadline: context.Deadline,
                cancellationToken: context.CancellationToken);
            var (info, _) = await inference.ReadWeightsAsync(
                new FilterWeightsRequest { Model = request.Model, Spec = request.Spec, Layer = request.Layer, OmitValues = true }, context);
            var roles = WeightRoles.Choose(info.Layer, request.Role);
            var (_, weights) = await inference.ReadWeightsAsync(
                new FilterWeightsRequest { Model = request.Model, Spec = request.Spec, Layer = request.Layer, Roles = { roles } }, context);
            return FilterPicture.Draw(model, info.Layer, weights, request, style);
        });

        var wire = new WirePicture(request.Layer, picture, execution: null);
        await responseStream.WriteAsync(new RenderFiltersResponse { Picture = wire.Header }, context.CancellationToken);
        foreach (var chunk in wire.Chunks())
        {
            await responseStream.WriteAsync(new RenderFiltersResponse { Chunk = chunk }, context.CancellationToken);
        }
    }
}
