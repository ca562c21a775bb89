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
    public override async Task RenderMaximization(
        RenderMaximizationRequest request, IServerStreamWriter<RenderMaximizationResponse> responseStream, ServerCallContext context)
    {
        var style = TileStyles.Check(request.Style);
        if (style.ColorBar)
        {
            throw RpcErrors.InvalidArgument(("style.color_bar", "images have no single value per pixel"));
        }

        Animations.Check(request);
        var maximize = Maximizations.Check(request);
        var headers = credentials.Of(context);
        var address = maximize.NoCache
            ? (ContentAddress?)null
            : await Upstream(() => addresses.OfAsync(request, Animations.WithPreviews(request), UpstreamCall.Of(headers, context)));
        await caches.Maximizations.ServeAsync(
            address,
            (emit, token) => DrawAsync(request, maximize, style, UpstreamCall.Of(headers, maximize.NoCache, context, token), emit),
            (message, more) => responseStream.WriteAsync(message, more, context.CancellationToken),
            context.CancellationToken);
    }

    private async Task DrawAsync(
        RenderMaximizationRequest request,
        MaximizeFilterRequest maximize,
        TileStyle style,
        UpstreamCall limits,
        Func<RenderMaximizationResponse, ValueTask> emit)
    {
        var collector = new MaximizationCollector();
        MaximizationPicture? picture = null;
        AscentAnimation? animation = null;
        await Upstream(async () =>
        {
            var model = await LabelsAsync(maximize, style, limits).ConfigureAwait(false);
            var told = 0UL;
            await foreach (var happened in runs.FollowAsync(Animations.WithPreviews(request), limits, limits.Token).ConfigureAwait(false))
            {
                if (happened.Started is not null && collector.Started is not null)
                {
                    // From the beginning again, on another replica.
                    collector = new MaximizationCollector();
                }

                var forCaller = collector.Take(happened);
                if (happened.Started is { } beginning)
                {
                    picture = MaximizationPicture.Plan(beginning, request, model, style);
                    animation = AscentAnimation.Plan(picture, request, beginning.Steps);
                }

                if (happened.Preview is { } preview)
                {
                    animation?.Take(preview);
                }

                // Progress and scores go on as they come; images stay here to be stitched.
                if (forCaller is not null && happened.Sequence > told && Animations.IsForCaller(request, forCaller))
                {
                    told = happened.Sequence;
                    await emit(new RenderMaximizationResponse { Event = forCaller });
                }
            }

            return true;
        });

        var started = collector.Started;
        if (started is null || picture is null)
        {
            throw new InvalidDataException("the run ended without having started");
        }

        var (canvas, still) = telemetry.Draw("maximization", () =>
        {
            var stitched = picture.Stitch(collector);
            return (stitched, picture.Finish(stitched, collector));
        });
        await SendAsync(new WirePicture(started.Layer, still, started.Execution));
        if (animation is not null)
        {
            var finished = telemetry.Draw("animation", () => animation.Finish(canvas, picture.Describe(canvas, collector)));
            await SendAsync(new WirePicture(started.Layer, finished, started.Execution));
        }

        async Task SendAsync(WirePicture wire)
        {
            await emit(new RenderMaximizationResponse { Picture = wire.Header });
            foreach (var chunk in wire.Chunks())
            {
                await emit(new RenderMaximizationResponse { Chunk = chunk });
            }
        }
    }

    /// <summary>The model's facts where tiles are to carry class names; else nothing is asked.</summary>
    private async Task<ModelInfoResponse> LabelsAsync(
        MaximizeFilterRequest request, TileStyle style, UpstreamCall limits) =>
        style.Labels == TileLabels.Classes
            ? await inference.ModelInfoAsync(
                new ModelInfoRequest { Model = request.Model, Spec = request.Spec },
                headers: limits.Headers,
                deadline: limits.Deadline,
                cancellationToken: limits.Token)
            : new ModelInfoResponse { Name = request.Model };
}
