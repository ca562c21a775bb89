using CnnViz.Inference.Uploads;
using CnnViz.Models;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Inference.Rpcs;

/// <summary>The wire side of ModelService: takes models in and removes them.</summary>
internal sealed partial class ModelGrpcService(
    ModelUploads uploads,
    ModelCatalog catalog,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<ModelGrpcService> logger) : ModelService.ModelServiceBase
{
    public override async Task<RegisterModelResponse> RegisterModel(
        IAsyncStreamReader<RegisterModelRequest> requestStream, ServerCallContext context)
    {
        var store = uploads.Store;
        using var place = uploads.Enter();
        using var idle = new CancellationTokenSource(uploads.Idle, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, lifetime.ApplicationStopping, idle.Token);
        try
        {
            return await ReceiveAsync(store, requestStream, idle, stop.Token).ConfigureAwait(false);
        }
        catch (ModelFormatException exception)
        {
            throw RpcErrors.InvalidArgument(("header.files", $"make no model that can be used: {exception.Message}"));
        }
        catch (ModelStoreException exception)
        {
            throw Refusal(exception);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException
            && !context.CancellationToken.IsCancellationRequested && stop.IsCancellationRequested)
        {
            throw lifetime.ApplicationStopping.IsCancellationRequested
                ? new RpcException(new Status(StatusCode.Unavailable, "the service is shutting down; upload the model again"))
                : new RpcException(new Status(
                    StatusCode.DeadlineExceeded,
                    $"nothing came for {uploads.Idle.TotalSeconds:0} s, so the upload was given up"));
        }
    }

    public override Task<DeleteModelResponse> DeleteModel(DeleteModelRequest request, ServerCallContext context)
    {
        var store = uploads.Store;
        if (!ModelCatalog.IsValidName(request.Name))
        {
            throw RpcErrors.InvalidArgument(
                ("name", "must be 1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter or digit"));
        }

        try
        {
            store.Remove(request.Name);
        }
        catch (ModelStoreException exception)
        {
            throw Refusal(exception);
        }

        catalog.Forget(request.Name);
        Log.Deleted(logger, request.Name);
        return Task.FromResult(new DeleteModelResponse());
    }

    private async Task<RegisterModelResponse> ReceiveAsync(
        ModelStore store, IAsyncStreamReader<RegisterModelRequest> stream, CancellationTokenSource idle, CancellationToken stop)
    {
        if (!await stream.MoveNext(stop).ConfigureAwait(false) || stream.Current.Header is not { } header)
        {
            throw RpcErrors.InvalidArgument(("header", "must come first"));
        }

        var manifest = UploadHeaders.Read(header, store.Limits);
        using var staged = store.Stage(header.Name, manifest.Files.Sum(file => file.Bytes));
        using (var files = new UploadFiles(staged, manifest.Files))
        {
            while (await stream.MoveNext(stop).ConfigureAwait(false))
            {
                idle.CancelAfter(uploads.Idle);
                var chunk = stream.Current.Chunk ?? throw RpcErrors.InvalidArgument(("header", "comes only once"));
                await files.AddAsync(chunk, stop).ConfigureAwait(false);
            }

            files.End();
        }

        idle.CancelAfter(Timeout.InfiniteTimeSpan);
        var accepted = await Task.Run(() => staged.Publish(manifest, stop), stop).ConfigureAwait(false);
        Log.Registered(logger, header.Name, accepted.Digest, accepted.Layers, accepted.Parameters);
        return new RegisterModelResponse
        {
            Name = header.Name,
            Digest = accepted.Digest,
            Layers = accepted.Layers,
            TotalParameters = accepted.Parameters,
            Unsupported = { accepted.Unsupported },
        };
    }

    private static RpcException Refusal(ModelStoreException exception) => exception.Problem switch
    {
        ModelStoreProblem.Exists => RpcErrors.AlreadyExists("MODEL_EXISTS", exception.Message),
        ModelStoreProblem.Unknown => RpcErrors.NotFound("UNKNOWN_MODEL", exception.Message),
        ModelStoreProblem.NotOurs => RpcErrors.FailedPrecondition("MODEL_NOT_UPLOADED", exception.Message),
        ModelStoreProblem.TooLarge => RpcErrors.InvalidArgument(("header.files", exception.Message)),
        _ => RpcErrors.FailedPrecondition("MODEL_ROOT_UNWRITABLE", exception.Message),
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Model {Model} registered: {Digest}, {Layers} layers, {Parameters} weights")]
        public static partial void Registered(ILogger logger, string model, string digest, int layers, long parameters);

        [LoggerMessage(2, LogLevel.Information, "Model {Model} deleted")]
        public static partial void Deleted(ILogger logger, string model);
    }
}
