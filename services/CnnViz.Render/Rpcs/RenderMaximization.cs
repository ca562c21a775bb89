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
    public override async Task RenderMaximization(
        RenderMaximizationRequest request, IServerStreamWriter<RenderMaximizationResponse> responseStream, ServerCallContext context)
    {
        var style = TileStyles.Check(request.Style);
        var maximize = request.Maximize ?? throw RpcErrors.InvalidArgument(("maximize", "is required"));
        var collector = new MaximizationCollector();
        await Upstream(async () =>
        {
            using var call = inference.MaximizeFilter(
                maximize, deadline: context.Deadline, cancellationToken: context.CancellationToken);
            await foreach (var message in call.ResponseStream.ReadAllAsync(context.CancellationToken).ConfigureAwait(false))
            {
                // Progress goes on as it happens; images stay here to be stitched.
                if (collector.Take(message.Event))
                {
                    MaximizationPicture.CheckCrop(request, collector.Started);
                    await responseStream.WriteAsync(
                        new RenderMaximizationResponse { Event = message.Event }, context.CancellationToken);
                }
            }

            return true;
        });

        var started = collector.Started ?? throw new InvalidDataException("the run ended without having started");
        var wire = new WirePicture(started.Layer, MaximizationPicture.Draw(collector, started, request, style), started.Execution);
        await responseStream.WriteAsync(new RenderMaximizationResponse { Picture = wire.Header }, context.CancellationToken);
        foreach (var chunk in wire.Chunks())
        {
            await responseStream.WriteAsync(new RenderMaximizationResponse { Chunk = chunk }, context.CancellationToken);
        }
    }
}
