using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace CnnViz.ServiceDefaults.Telemetry;

/// <summary>
/// Measures every call, and leaves those that only ask how the host is out of traces. The outermost interceptor: it sees what the
/// caller gets.
/// </summary>
internal sealed class RpcMetricsInterceptor(RpcMetrics metrics, TimeProvider time) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var call = Begin(context, streams: false);
        try
        {
            var response = await continuation(request, context).ConfigureAwait(false);
            if (metrics.CountsSent && response is IMessage message)
            {
                metrics.Sent(call.Tags, message.CalculateSize());
            }

            call.End(null);
            return response;
        }
        catch (Exception exception)
        {
            call.End(exception);
            throw;
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        var call = Begin(context, streams: true);
        try
        {
            var response = await continuation(requestStream, context).ConfigureAwait(false);
            call.End(null);
            return response;
        }
        catch (Exception exception)
        {
            call.End(exception);
            throw;
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        var call = Begin(context, streams: true);
        try
        {
            var counted = new CountingStreamWriter<TResponse>(responseStream, metrics, call.Tags);
            await continuation(request, counted, context).ConfigureAwait(false);
            call.End(null);
        }
        catch (Exception exception)
        {
            call.End(exception);
            throw;
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        var call = Begin(context, streams: true);
        try
        {
            var counted = new CountingStreamWriter<TResponse>(responseStream, metrics, call.Tags);
            await continuation(requestStream, counted, context).ConfigureAwait(false);
            call.End(null);
        }
        catch (Exception exception)
        {
            call.End(exception);
            throw;
        }
    }

    private Call Begin(ServerCallContext context, bool streams)
    {
        if (context.Method.StartsWith("/grpc.", StringComparison.Ordinal) && Activity.Current is { } asking)
        {
            Probes.LeaveOut(asking);
        }

        return new Call(metrics, time, RpcMetrics.Tags(context.Method), streams);
    }

    private sealed class Call
    {
        private readonly RpcMetrics _metrics;
        private readonly TimeProvider _time;
        private readonly long _began;
        private readonly bool _streams;
        private readonly TagList _tags;

        public Call(RpcMetrics metrics, TimeProvider time, TagList tags, bool streams)
        {
            (_metrics, _time, _tags, _streams) = (metrics, time, tags, streams);
            _began = time.GetTimestamp();
            if (streams)
            {
                metrics.StreamBegan(_tags);
            }
        }

        public TagList Tags => _tags;

        public void End(Exception? failure)
        {
            if (_streams)
            {
                _metrics.StreamEnded(_tags);
            }

            _metrics.Ended(_tags, _time.GetElapsedTime(_began), failure);
        }
    }
}
