using CnnViz.Cache.Addressing;
using CnnViz.Render.Pictures;
using CnnViz.Render.Requests;
using CnnViz.Render.Responses;
using CnnViz.Render.Upstream;
using CnnViz.ServiceDefaults.Streaming;
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
        var headers = credentials.Of(context);
        var address = request.NoCache
            ? (ContentAddress?)null
            : await Upstream(() => addresses.OfAsync(request, UpstreamCall.Of(headers, context)));
        await caches.Filters.ServeAsync(
            address,
            (emit, token) => DrawAsync(request, style, UpstreamCall.Of(headers, request.NoCache, context, token), emit),
            (message, more) => responseStream.WriteAsync(message, more, context.CancellationToken),
            context.CancellationToken);
    }

    private async Task DrawAsync(
        RenderFiltersRequest request, TileStyle style, UpstreamCall limits, Func<RenderFiltersResponse, ValueTask> emit)
    {
        var picture = await Upstream(async () =>
        {
            var model = await inference.ModelInfoAsync(
                new ModelInfoRequest { Model = request.Model, Spec = request.Spec },
                headers: limits.Headers,
                deadline: limits.Deadline,
                cancellationToken: limits.Token);
            var (info, _) = await inference.ReadWeightsAsync(
                new FilterWeightsRequest { Model = request.Model, Spec = request.Spec, Layer = request.Layer, OmitValues = true }, limits);
            var roles = WeightRoles.Choose(info.Layer, request.Role);
            var (_, weights) = await inference.ReadWeightsAsync(
                new FilterWeightsRequest { Model = request.Model, Spec = request.Spec, Layer = request.Layer, Roles = { roles } }, limits);
            return telemetry.Draw("filters", () => FilterPicture.Draw(model, info.Layer, weights, request, style));
        });

        var wire = new WirePicture(request.Layer, picture, execution: null);
        await emit(new RenderFiltersResponse { Picture = wire.Header });
        foreach (var chunk in wire.Chunks())
        {
            await emit(new RenderFiltersResponse { Chunk = chunk });
        }
    }
}
