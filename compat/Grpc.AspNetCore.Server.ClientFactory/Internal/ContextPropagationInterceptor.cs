using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.ClientFactory.Internal;

/// <summary>Gives a client call the earlier of its own and the server call's deadline, and both cancellation tokens.</summary>
internal sealed class ContextPropagationInterceptor(
    GrpcContextPropagationOptions propagation, IHttpContextAccessor httpContext) : Interceptor
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        BlockingUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        using CancellationTokenSource? linked = Propagate(ref context);
        return continuation(request, context);
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        CancellationTokenSource? linked = Propagate(ref context);
        AsyncUnaryCall<TResponse> call = continuation(request, context);
        if (linked is null)
            return call;
        DisposeAfter(call.ResponseAsync, linked);
        return new(call.ResponseAsync, call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, () => End(call, linked));
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        CancellationTokenSource? linked = Propagate(ref context);
        AsyncServerStreamingCall<TResponse> call = continuation(request, context);
        return linked is null
            ? call
            : new(call.ResponseStream, call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, () => End(call, linked));
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        CancellationTokenSource? linked = Propagate(ref context);
        AsyncClientStreamingCall<TRequest, TResponse> call = continuation(context);
        if (linked is null)
            return call;
        DisposeAfter(call.ResponseAsync, linked);
        return new(
            call.RequestStream,
            call.ResponseAsync,
            call.ResponseHeadersAsync,
            call.GetStatus,
            call.GetTrailers,
            () => End(call, linked));
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        CancellationTokenSource? linked = Propagate(ref context);
        AsyncDuplexStreamingCall<TRequest, TResponse> call = continuation(context);
        return linked is null
            ? call
            : new(
                call.RequestStream,
                call.ResponseStream,
                call.ResponseHeadersAsync,
                call.GetStatus,
                call.GetTrailers,
                () => End(call, linked));
    }

    private static void End(IDisposable call, CancellationTokenSource linked)
    {
        call.Dispose();
        linked.Dispose();
    }

    // A unary call is rarely disposed; without this its source would hang on the server call's token until that call ends.
    private static void DisposeAfter(Task response, CancellationTokenSource linked) =>
        response.ContinueWith(
            static (_, source) => ((CancellationTokenSource)source!).Dispose(),
            linked,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

    /// <summary>
    /// Changes the call's options; returns the source to dispose with the call when two tokens had to be joined.
    /// </summary>
    private CancellationTokenSource? Propagate<TRequest, TResponse>(ref ClientInterceptorContext<TRequest, TResponse> context)
        where TRequest : class
        where TResponse : class
    {
        ServerCallContext? parent = httpContext.HttpContext?.Features.Get<IServerCallContextFeature>()?.ServerCallContext;
        if (parent is null)
        {
            return propagation.SuppressContextNotFoundErrors
                ? null
                : throw new InvalidOperationException("There is no gRPC server call to take the deadline and cancellation from.");
        }

        CallOptions options = context.Options;
        if (parent.Deadline < (options.Deadline ?? DateTime.MaxValue))
            options = options.WithDeadline(parent.Deadline);

        CancellationTokenSource? linked = null;
        if (parent.CancellationToken.CanBeCanceled)
        {
            if (options.CancellationToken.CanBeCanceled)
                linked = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken, parent.CancellationToken);
            options = options.WithCancellationToken(linked?.Token ?? parent.CancellationToken);
        }

        context = new(context.Method, context.Host, options);
        return linked;
    }
}
