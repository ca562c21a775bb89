using CnnViz.Inference.Runs;
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
        var plan = RunPlan.Read(models, engines, request);
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

    private async Task RunAsync(
        RunPlan plan,
        DateTimeOffset? deadline,
        Func<MaximizeFilterResponse, ValueTask> emit,
        CancellationToken cancellation)
    {
        using var ticket = Turns.Enter(scheduler, deadline);
        await runs.RunAsync(
            plan, ticket, message => emit(new MaximizeFilterResponse { Event = message }), cancellation).ConfigureAwait(false);
    }
}
