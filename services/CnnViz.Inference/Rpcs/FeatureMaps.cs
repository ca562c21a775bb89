using CnnViz.Engine;
using CnnViz.Engine.Scheduling;
using CnnViz.Inference.Requests;
using CnnViz.Inference.Responses;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Inference.Rpcs;

internal sealed partial class InferenceGrpcService
{
    public override async Task FeatureMaps(
        FeatureMapsRequest request, IServerStreamWriter<FeatureMapsResponse> responseStream, ServerCallContext context)
    {
        // Everything that can be refused is refused before any pixel is decoded or any core is taken.
        var graph = models.Graph(request.Model, request.Spec);
        var layers = ModelRequests.FeatureLayers(graph, request.Layers);
        var (height, width) = InputSize.Of(graph, request.Height, request.Width);
        var selections = ChannelSelection.Of(graph, layers, request.Channels, height, width);
        var engine = engines.Pick(request.Engine);
        var precision = Precisions.Read(request.Precision);
        var image = PictureInput.Read(request.Picture, graph.Input, height, width, request.Resize);

        using var linked = Linked(context.CancellationToken);
        var (maps, ran) = await ComputeAsync(
            engine, graph, new CompileOptions(height, width, layers) { Precision = precision }, image, context, linked.Token)
            .ConfigureAwait(false);

        await responseStream.WriteAsync(
            new FeatureMapsResponse
            {
                Info = new FeatureMapsInfo { Execution = Executions.Of(graph, ran, layers), Height = height, Width = width },
            },
            linked.Token).ConfigureAwait(false);

        foreach (var (layer, selection) in layers.Zip(selections))
        {
            var tensor = selection.Wire(layer, maps[layer]);
            await responseStream.WriteAsync(new FeatureMapsResponse { Tensor = tensor.Header }, linked.Token)
                .ConfigureAwait(false);
            foreach (var chunk in tensor.Chunks())
            {
                await responseStream.WriteAsync(new FeatureMapsResponse { Chunk = chunk }, linked.Token).ConfigureAwait(false);
            }
        }
    }

    /// <summary>One unit over all lanes: the pass is short, and its caller waits for nothing else.</summary>
    private async Task<(Dictionary<string, float[]> Maps, ExecutedBy Ran)> ComputeAsync(
        IEngine engine,
        CnnViz.Models.ModelGraph graph,
        CompileOptions options,
        float[] image,
        ServerCallContext context,
        CancellationToken cancellation)
    {
        var maps = new Dictionary<string, float[]>(StringComparer.Ordinal);
        var ran = default(ExecutedBy);
        using var ticket = Turns.Enter(scheduler, context);
        try
        {
            await scheduler.RunAsync(ticket, scheduler.Lanes, Compute, cancellation).ConfigureAwait(false);
        }
        catch (CompileException exception)
        {
            throw RpcErrors.InvalidArgument(("layers", exception.Message));
        }
        catch (DeadlinePassedException)
        {
            throw Turns.Late();
        }

        return (maps, ran);

        void Compute()
        {
            using var lease = compiledModels.Rent(engine, graph, options);
            var compiled = lease.Model;
            ran = new ExecutedBy(engine.Name, engine.Device, compiled.Precision, compiled.Threads);
            using var pass = compiled.Forward(image, 1, withGradient: false);
            foreach (var (layer, shape) in compiled.TargetShapes)
            {
                var map = new float[shape.ElementCount];
                pass.CopyActivation(layer, map);
                maps[layer] = map;
            }
        }
    }
}
