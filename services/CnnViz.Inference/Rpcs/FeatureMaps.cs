using System.Security.Cryptography;
using CnnViz.Engine;
using CnnViz.Engine.Scheduling;
using CnnViz.Engine.Telemetry;
using CnnViz.Inference.Cache;
using CnnViz.Inference.Requests;
using CnnViz.Inference.Responses;
using CnnViz.Models;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.ServiceDefaults.Streaming;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Inference.Rpcs;

internal sealed partial class InferenceGrpcService
{
    public override async Task FeatureMaps(
        FeatureMapsRequest request, IServerStreamWriter<FeatureMapsResponse> responseStream, ServerCallContext context)
    {
        // Everything that can be refused is refused before any pixel is decoded or any core is taken.
        var plan = Plan(request);
        var file = PictureInput.File(request.Picture);
        var turn = Turn.Of(request.NoCache, context);
        await caches.FeatureMaps.ServeAsync(
            request.NoCache ? null : plan.Address(SHA256.HashData(file.Span)),
            (emit, token) => ComputeAsync(plan, file, turn, emit, token),
            (message, more) => responseStream.WriteAsync(message, more, context.CancellationToken),
            context.CancellationToken).ConfigureAwait(false);
    }

    /// <summary>A request understood: what is to be computed.</summary>
    private sealed record FeatureMapsPlan(
        ModelGraph Graph,
        IEngine Engine,
        CompileOptions Options,
        IReadOnlyList<ChannelSelection> Selections,
        IReadOnlyList<int> Channels,
        V1.ResizePolicy Resize)
    {
        public CnnViz.Cache.Addressing.ContentAddress Address(byte[] pictureSha256) =>
            ContentAddresses.FeatureMaps(Graph, Engine, Options, Channels, Resize, pictureSha256);
    }

    private FeatureMapsPlan Plan(FeatureMapsRequest request)
    {
        var graph = models.Graph(request.Model, request.Spec);
        var layers = ModelRequests.FeatureLayers(graph, request.Layers);
        var (height, width) = InputSize.Of(graph, request.Height, request.Width);
        var selections = ChannelSelection.Of(graph, layers, request.Channels, height, width);
        var engine = engines.Pick(request.Engine);
        var options = new CompileOptions(height, width, layers)
        {
            Precision = Precisions.Read(request.Precision),
            ForwardOnly = true,
        };
        PictureInput.CheckResize(request.Resize);
        return new FeatureMapsPlan(graph, engine, options, selections, request.Channels, request.Resize);
    }

    private async Task ComputeAsync(
        FeatureMapsPlan plan,
        ReadOnlyMemory<byte> file,
        Turn turn,
        Func<FeatureMapsResponse, ValueTask> emit,
        CancellationToken cancellation)
    {
        var (graph, options) = (plan.Graph, plan.Options);
        var image = PictureInput.Read(file, graph.Input, options.Height, options.Width, plan.Resize);
        var (maps, ran) = await ComputeAsync(plan.Engine, graph, options, image, turn, cancellation).ConfigureAwait(false);
        var layers = options.TargetLayers;
        var info = new FeatureMapsInfo
        {
            Execution = Executions.Of(graph, ran, layers),
            Height = options.Height,
            Width = options.Width,
        };
        await emit(new FeatureMapsResponse { Info = info }).ConfigureAwait(false);
        foreach (var (layer, selection) in layers.Zip(plan.Selections))
        {
            var tensor = selection.Wire(layer, maps[layer]);
            await emit(new FeatureMapsResponse { Tensor = tensor.Header }).ConfigureAwait(false);
            foreach (var chunk in tensor.Chunks())
            {
                await emit(new FeatureMapsResponse { Chunk = chunk }).ConfigureAwait(false);
            }
        }
    }

    /// <summary>One unit over all lanes: the pass is short, and its caller waits for nothing else.</summary>
    private async Task<(Dictionary<string, float[]> Maps, ExecutedBy Ran)> ComputeAsync(
        IEngine engine,
        ModelGraph graph,
        CompileOptions options,
        float[] image,
        Turn turn,
        CancellationToken cancellation)
    {
        var maps = new Dictionary<string, float[]>(StringComparer.Ordinal);
        var ran = default(ExecutedBy);
        using var ticket = Turns.Enter(scheduler, turn);
        try
        {
            await EngineSpans.RunAsync(
                "forward",
                work => scheduler.RunAsync(ticket, scheduler.Lanes, work, cancellation),
                Compute,
                span =>
                {
                    span.SetTag("cnnviz.model", graph.Name);
                    span.SetTag("cnnviz.layers", options.TargetLayers.ToArray());
                    span.SetTag("cnnviz.engine", ran.Engine);
                    span.SetTag("cnnviz.device", ran.Device);
                    span.SetTag("cnnviz.precision", ran.Precision);
                    span.SetTag("cnnviz.threads", ran.Threads);
                }).ConfigureAwait(false);
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
