using System.Diagnostics;
using CnnViz.ServiceDefaults.Drain;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace CnnViz.ServiceDefaults.Errors;

/// <summary>
/// The last catch of every call. Errors made for the caller pass; a cancelled call ends CANCELLED or DEADLINE_EXCEEDED, one that
/// the service's stop has cut short UNAVAILABLE; any other exception is ours: it is logged with a reference, and the caller gets
/// INTERNAL with that reference and nothing else.
/// </summary>
public sealed partial class ErrorInterceptor(ILogger<ErrorInterceptor> logger, TimeProvider time, DrainState? drain = null)
    : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(() => continuation(request, context), context);

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(() => continuation(requestStream, context), context);

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(() => Streamed(continuation(request, responseStream, context)), context);

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(() => Streamed(continuation(requestStream, responseStream, context)), context);

    // A streaming handler gives no value; this one stands for "done".
    private static async Task<bool> Streamed(Task call)
    {
        await call.ConfigureAwait(false);
        return true;
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> call, ServerCallContext context)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw Translate(exception, context);
        }
    }

    private RpcException Translate(Exception exception, ServerCallContext context)
    {
        if (context.CancellationToken.IsCancellationRequested)
        {
            return drain is { GraceOver.IsCancellationRequested: true }
                ? RpcErrors.Unavailable("STOPPING", "this replica is shutting down; call again, on another one")
                : context.Deadline <= time.GetUtcNow().UtcDateTime
                ? new RpcException(new Status(StatusCode.DeadlineExceeded, "the call's deadline passed"))
                : new RpcException(new Status(StatusCode.Cancelled, "the caller cancelled"));
        }

        var reference = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        Log.Unexpected(logger, context.Method, reference, exception);
        Activity.Current?.AddException(exception);
        return RpcErrors.Internal(reference);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Method} failed unexpectedly; reference {Reference}")]
        public static partial void Unexpected(ILogger logger, string method, string reference, Exception exception);
    }
}
