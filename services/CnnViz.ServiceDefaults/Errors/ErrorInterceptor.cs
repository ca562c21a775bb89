using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace CnnViz.ServiceDefaults.Errors;

/// <summary>
/// The last catch of every call. Errors made for the caller pass; a cancelled call ends CANCELLED or DEADLINE_EXCEEDED; any
/// other exception is ours: it is logged with a reference, and the caller gets INTERNAL with that reference and nothing else.
/// </summary>
public sealed partial class ErrorInterceptor(ILogger<ErrorInterceptor> logger, TimeProvider time) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw Translate(exception, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context).ConfigureAwait(false);
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
            return context.Deadline <= time.GetUtcNow().UtcDateTime
                ? new RpcException(new Status(StatusCode.DeadlineExceeded, "the call's deadline passed"))
                : new RpcException(new Status(StatusCode.Cancelled, "the caller cancelled"));
        }

        var reference = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        Log.Unexpected(logger, context.Method, reference, exception);
        return RpcErrors.Internal(reference);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Method} failed unexpectedly; reference {Reference}")]
        public static partial void Unexpected(ILogger logger, string method, string reference, Exception exception);
    }
}
