using CnnViz.Engine;
using CnnViz.Engine.Maximization;
using CnnViz.Engine.Scheduling;
using CnnViz.Inference.Requests;
using CnnViz.Inference.Responses;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Inference.Rpcs;

internal sealed partial class InferenceGrpcService
{
    public override async Task MaximizeFilter(
        MaximizeFilterRequest request, IServerStreamWriter<MaximizeFilterResponse> responseStream, ServerCallContext context)
    {
        // Everything that can be refused is refused before any core is taken.
        var graph = models.Graph(request.Model, request.Spec);
        var layer = MaximizationRequests.Layer(graph, request);
        var engine = engines.Pick(request.Engine);
        var settings = MaximizationRequests.Settings(request, engine);
        var options = MaximizationRequests.Read(graph, layer, request);
        var runId = RunIds.Next(time);
        var events = new MaximizationEvents(runId, graph);

        using var linked = Linked(context.CancellationToken);
        using var ticket = Turns.Enter(scheduler, context);
        settings = settings with { Ticket = ticket };
        Log.Started(logger, runId, graph.Name, layer.Name, options.Filters.Count, options.Steps);
        try
        {
            var run = maximizer.RunAsync(graph, engine, options, settings, linked.Token);
            await foreach (var happened in run.ConfigureAwait(false))
            {
                foreach (var message in events.Messages(happened))
                {
                    await responseStream.WriteAsync(new MaximizeFilterResponse { Event = message }, linked.Token)
                        .ConfigureAwait(false);
                }
            }
        }
        catch (CompileException exception)
        {
            throw RpcErrors.InvalidArgument(("layer", exception.Message));
        }
        catch (MaximizationException exception)
        {
            throw RpcErrors.InvalidArgument(("settings", exception.Message));
        }
        catch (DeadlinePassedException)
        {
            throw Turns.Late();
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the service is shutting down; start the run again"));
        }

        Log.Ended(logger, runId);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Run {RunId}: {Filters} filters of {Model} {Layer}, {Steps} steps")]
        public static partial void Started(ILogger logger, string runId, string model, string layer, int filters, int steps);

        [LoggerMessage(2, LogLevel.Information, "Run {RunId} ended")]
        public static partial void Ended(ILogger logger, string runId);
    }
}
