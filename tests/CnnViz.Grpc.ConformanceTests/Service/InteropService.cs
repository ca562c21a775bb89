using Google.Protobuf;
using Grpc.Testing;

namespace CnnViz.Grpc.ConformanceTests.Service;

/// <summary>The server's side of gRPC's interoperability test cases.</summary>
public sealed class InteropService(CallLog log, TimeProvider time) : TestService.TestServiceBase
{
    private const string EchoInitialHeader = "x-grpc-test-echo-initial";
    private const string EchoTrailingHeader = "x-grpc-test-echo-trailing-bin";

    // The server's public way to choose one call's response compression.
    private const string ResponseEncodingHeader = "grpc-internal-encoding-request";

    public override async Task<Empty> EmptyCall(Empty request, ServerCallContext context)
    {
        await BeginAsync(context, compress: null);
        return new Empty();
    }

    public override async Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context)
    {
        bool inflated = RecordingCompressionProvider.WasInflated(context.GetHttpContext());
        if (request.ExpectCompressed is { } expected && expected.Value != inflated)
        {
            throw new RpcException(new Status(
                StatusCode.InvalidArgument, $"Expected a compressed request: {expected.Value}; it was: {inflated}."));
        }

        await BeginAsync(context, request.ResponseCompressed?.Value);
        ThrowIfAsked(request.ResponseStatus);
        return new SimpleResponse { Payload = PayloadOf(request.ResponseSize) };
    }

    public override async Task StreamingOutputCall(
        StreamingOutputCallRequest request,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context)
    {
        await BeginAsync(context, compress: null);
        await SendAsync(request, responseStream, context);
    }

    public override async Task<StreamingInputCallResponse> StreamingInputCall(
        IAsyncStreamReader<StreamingInputCallRequest> requestStream, ServerCallContext context)
    {
        await BeginAsync(context, compress: null);
        int total = 0;
        await foreach (StreamingInputCallRequest request in requestStream.ReadAllAsync(context.CancellationToken))
            total += request.Payload.Body.Length;
        return new StreamingInputCallResponse { AggregatedPayloadSize = total };
    }

    public override async Task FullDuplexCall(
        IAsyncStreamReader<StreamingOutputCallRequest> requestStream,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context)
    {
        await BeginAsync(context, compress: null);
        await foreach (StreamingOutputCallRequest request in requestStream.ReadAllAsync(context.CancellationToken))
            await SendAsync(request, responseStream, context);
    }

    private static Payload PayloadOf(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };

    private static void ThrowIfAsked(EchoStatus? status)
    {
        if (status is not null)
            throw new RpcException(new Status((StatusCode)status.Code, status.Message));
    }

    private async Task SendAsync(
        StreamingOutputCallRequest request,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context)
    {
        ThrowIfAsked(request.ResponseStatus);
        foreach (ResponseParameters parameters in request.ResponseParameters)
        {
            await Task.Delay(TimeSpan.FromMicroseconds(parameters.IntervalUs), time, context.CancellationToken);
            await responseStream.WriteAsync(
                new StreamingOutputCallResponse { Payload = PayloadOf(parameters.Size) }, context.CancellationToken);
        }
    }

    /// <summary>Records the call, echoes metadata and chooses the response's compression.</summary>
    private async Task BeginAsync(ServerCallContext context, bool? compress)
    {
        log.Record(context);
        if (context.RequestHeaders.GetValueBytes(EchoTrailingHeader) is { } trailing)
            context.ResponseTrailers.Add(EchoTrailingHeader, trailing);

        Metadata headers = [];
        if (context.RequestHeaders.GetValue(EchoInitialHeader) is { } initial)
            headers.Add(EchoInitialHeader, initial);
        if (compress is not null)
            headers.Add(ResponseEncodingHeader, "gzip");
        if (compress == false)
            context.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await context.WriteResponseHeadersAsync(headers);
    }
}
