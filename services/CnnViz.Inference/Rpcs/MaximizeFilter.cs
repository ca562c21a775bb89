using CnnViz.Engine;
using CnnViz.Engine.Maximization;
using CnnViz.Engine.Scheduling;
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
    public override async Task MaximizeFilter(
        MaximizeFilterRequest request, IServerStreamWriter<MaximizeFilterResponse> responseStream, ServerCallContext context)
    {
        // Everything that can be refused is refused before any core is taken.
        var plan = Plan(request);
        using var linked = Linked(context.CancellationToken);
        try
        {
            await caches.Maximizations.ServeAsync(
                request.NoCache ? null : plan.Address(),
                (emit, token) => RunAsync(plan, Turns.Deadline(request.NoCache, context), emit, token),
                (message, more) => responseStream.WriteAsync(message, more, linked.Token),
                linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the service is shutting down; start the run again"));
        }
    }

    /// <summary>A request understood: what is to be computed.</summary>
    private sealed record MaximizationPlan(ModelGraph Graph, IEngine Engine, MaximizationOptions Options, RunSettings Settings)
    {
        public CnnViz.Cache.Addressing.ContentAddress Address() =>
            ContentAddresses.MaximizeFilter(Graph, Engine, Options, Settings);
    }

    private MaximizationPlan Plan(MaximizeFilterRequest request)
    {
        var graph = models.Graph(request.Model, request.Spec);
        var layer = MaximizationRequests.Layer(graph, request);
        var engine = engines.Pick(request.Engine);
        var settings = MaximizationRequests.Settings(request, engine);
        return new MaximizationPlan(graph, engine, MaximizationRequests.Read(graph, layer, request), settings);
    }

    private async Task RunAsync(
        MaximizationPlan plan,
        DateTimeOffset? deadline,
        Func<MaximizeFilterResponse, ValueTask> emit,
        CancellationToken cancellation)
    {
        var (graph, options) = (plan.Graph, plan.Options);
        var runId = RunIds.Next(time);
        var events = new MaximizationEvents(runId, graph);
        using var linked = Linked(cancellation);
        using var ticket = Turns.Enter(scheduler, deadline);
        var settings = plan.Settings with { Ticket = ticket };
        Log.Started(logger, runId, graph.Name, options.Layer, options.Filters.Count, options.Steps);
        try
        {
            var run = maximizer.RunAsync(graph, plan.Engine, options, settings, linked.Token);
            await foreach (var happened in run.ConfigureAwait(false))
            {
                foreach (var message in events.Messages(happened))
                {
                    await emit(new MaximizeFilterResponse { Event = message }).ConfigureAwait(false);
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
