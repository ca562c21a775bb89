using CnnViz.ServiceDefaults.Callers;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.ServiceDefaults.Tests.Support;

/// <summary>The contract's services, with answers that say who called.</summary>
internal sealed class Gate
{
    /// <summary>Until it is released, computing and watching calls stay under way.</summary>
    public TaskCompletionSource Open { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Released for each call that has begun to wait.</summary>
    public SemaphoreSlim Arrived { get; } = new(0);

    public async Task PassAsync(CancellationToken cancellation)
    {
        Arrived.Release();
        await Open.Task.WaitAsync(cancellation);
    }
}

internal sealed class Inference(Gate gate) : InferenceService.InferenceServiceBase
{
    public override Task<ModelInfoResponse> ModelInfo(ModelInfoRequest request, ServerCallContext context) =>
        Task.FromResult(new ModelInfoResponse { Name = context.Caller().Name });

    public override async Task MaximizeFilter(
        MaximizeFilterRequest request, IServerStreamWriter<MaximizeFilterResponse> responseStream, ServerCallContext context)
    {
        await responseStream.WriteAsync(new MaximizeFilterResponse { Event = new MaximizationEvent { Sequence = 1 } });
        await gate.PassAsync(context.CancellationToken);
    }
}

internal sealed class Maximizations(Gate gate) : MaximizationService.MaximizationServiceBase
{
    public override async Task Watch(
        MaximizationServiceWatchRequest request,
        IServerStreamWriter<MaximizationServiceWatchResponse> responseStream,
        ServerCallContext context) => await gate.PassAsync(context.CancellationToken);
}

internal sealed class Models : ModelService.ModelServiceBase
{
    public override Task<DeleteModelResponse> DeleteModel(DeleteModelRequest request, ServerCallContext context) =>
        Task.FromResult(new DeleteModelResponse());

    public override async Task<RegisterModelResponse> RegisterModel(
        IAsyncStreamReader<RegisterModelRequest> requestStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
        }

        return new RegisterModelResponse();
    }
}

internal sealed class Renderings : RenderService.RenderServiceBase
{
    public override Task RenderFilters(
        RenderFiltersRequest request, IServerStreamWriter<RenderFiltersResponse> responseStream, ServerCallContext context) =>
        Task.CompletedTask;
}
