using CnnViz.Inference.Runs;
using CnnViz.ServiceDefaults.Callers;
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
        var (turn, owner) = (Turn.Of(request.NoCache, context), RunOwners.Of(context.Caller()));

        // Not the host's own stop: what the run says when it is handed over is the end that callers get.
        await caches.Maximizations.ServeAsync(
            request.NoCache ? null : plan.Address(),
            (emit, token) => RunAsync(plan, turn, owner, emit, token),
            (message, more) => responseStream.WriteAsync(message, more, context.CancellationToken),
            context.CancellationToken).ConfigureAwait(false);
    }

    private async Task RunAsync(
        RunPlan plan,
        Turn turn,
        string owner,
        Func<MaximizeFilterResponse, ValueTask> emit,
        CancellationToken cancellation)
    {
        using var ticket = Turns.Enter(scheduler, turn);
        await runs.RunAsync(
            plan, ticket, owner, message => emit(new MaximizeFilterResponse { Event = message }), cancellation)
            .ConfigureAwait(false);
    }
}
