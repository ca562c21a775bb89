using CnnViz.Grpc.ConformanceTests.Service;
using Google.Protobuf;
using Grpc.Testing;

namespace CnnViz.Grpc.ConformanceTests;

/// <summary>gRPC's interoperability test cases with this platform's own client.</summary>
[Collection(TestServerGroup.Name)]
public sealed class InteropTests(TestServer server)
{
    private readonly TestService.TestServiceClient _client = new(server.Channel);

    [Fact]
    public async Task EmptyUnary_Called_ReturnsEmpty() => Assert.Equal(new Empty(), await _client.EmptyCallAsync(new Empty()));

    [Fact]
    public void EmptyUnary_CalledBlocking_ReturnsEmpty() => Assert.Equal(new Empty(), _client.EmptyCall(new Empty()));

    [Fact]
    public async Task LargeUnary_Called_ReturnsTheAskedSize()
    {
        SimpleResponse response = await _client.UnaryCallAsync(
            new SimpleRequest { ResponseSize = 314_159, Payload = PayloadOf(271_828) });
        Assert.Equal(new byte[314_159], response.Payload.Body.ToByteArray());
    }

    [Fact]
    public async Task ClientStreaming_FourMessages_AreSummed()
    {
        using AsyncClientStreamingCall<StreamingInputCallRequest, StreamingInputCallResponse> call = _client.StreamingInputCall();
        foreach (int size in (int[])[27_182, 8, 1_828, 45_904])
            await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = PayloadOf(size) });
        await call.RequestStream.CompleteAsync();
        Assert.Equal(74_922, (await call).AggregatedPayloadSize);
    }

    [Fact]
    public async Task ServerStreaming_FourSizes_ArriveInOrder()
    {
        int[] sizes = [31_415, 9, 2_653, 58_979];
        using AsyncServerStreamingCall<StreamingOutputCallResponse> call = _client.StreamingOutputCall(Request(sizes));
        Assert.Equal(sizes, await SizesAsync(call.ResponseStream));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task PingPong_EachRequest_IsAnsweredBeforeTheNext()
    {
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = _client.FullDuplexCall();
        foreach ((int asked, int sent) in ((int, int)[])[(31_415, 27_182), (9, 8), (2_653, 1_828), (58_979, 45_904)])
        {
            StreamingOutputCallRequest request = Request(asked);
            request.Payload = PayloadOf(sent);
            await call.RequestStream.WriteAsync(request);
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(asked, call.ResponseStream.Current.Payload.Body.Length);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task EmptyStream_NoRequests_GivesNoResponses()
    {
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = _client.FullDuplexCall();
        await call.RequestStream.CompleteAsync();
        Assert.Empty(await SizesAsync(call.ResponseStream));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task CustomMetadata_Unary_IsEchoed()
    {
        using AsyncUnaryCall<SimpleResponse> call = _client.UnaryCallAsync(new SimpleRequest(), EchoHeaders());
        await call;
        AssertEchoed(await call.ResponseHeadersAsync, call.GetTrailers());
    }

    [Fact]
    public async Task CustomMetadata_Duplex_IsEchoed()
    {
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call =
            _client.FullDuplexCall(EchoHeaders());
        await call.RequestStream.CompleteAsync();
        await SizesAsync(call.ResponseStream);
        AssertEchoed(await call.ResponseHeadersAsync, call.GetTrailers());
    }

    [Theory]
    [InlineData("test status message")]
    [InlineData("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")]
    [InlineData("100% of %41")]
    public async Task StatusCodeAndMessage_Asked_AreReturned(string message)
    {
        var status = new EchoStatus { Code = (int)StatusCode.Unknown, Message = message };
        RpcException unary = await Assert.ThrowsAsync<RpcException>(
            async () => await _client.UnaryCallAsync(new SimpleRequest { ResponseStatus = status }));
        Assert.Equal((StatusCode.Unknown, message), (unary.StatusCode, unary.Status.Detail));

        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = _client.FullDuplexCall();
        await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { ResponseStatus = status });
        await call.RequestStream.CompleteAsync();
        RpcException duplex = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal((StatusCode.Unknown, message), (duplex.StatusCode, duplex.Status.Detail));
    }

    [Fact]
    public async Task UnimplementedMethod_Called_IsUnimplemented() =>
        await AssertFailsAsync(StatusCode.Unimplemented, () => _client.UnimplementedCallAsync(new Empty()));

    [Fact]
    public async Task UnimplementedService_Called_IsUnimplemented()
    {
        var client = new UnimplementedService.UnimplementedServiceClient(server.Channel);
        await AssertFailsAsync(StatusCode.Unimplemented, () => client.UnimplementedCallAsync(new Empty()));
    }

    [Fact]
    public async Task CancelAfterBegin_ServerSeesIt()
    {
        string id = nameof(CancelAfterBegin_ServerSeesIt);
        using var cancel = new CancellationTokenSource();
        using AsyncClientStreamingCall<StreamingInputCallRequest, StreamingInputCallResponse> call =
            _client.StreamingInputCall(new Metadata { { CallLog.IdHeader, id } }, cancellationToken: cancel.Token);
        await server.Log.StartedAsync(id);

        await cancel.CancelAsync();

        RpcException exception = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Cancelled, exception.StatusCode);
        await server.Log.CancelledAsync(id);
    }

    [Fact]
    public async Task CancelAfterFirstResponse_ServerSeesIt()
    {
        string id = nameof(CancelAfterFirstResponse_ServerSeesIt);
        using var cancel = new CancellationTokenSource();
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call =
            _client.FullDuplexCall(new Metadata { { CallLog.IdHeader, id } }, cancellationToken: cancel.Token);
        await call.RequestStream.WriteAsync(Request(31_415));
        Assert.True(await call.ResponseStream.MoveNext());

        await cancel.CancelAsync();

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Cancelled, exception.StatusCode);
        await server.Log.CancelledAsync(id);
    }

    [Fact]
    public async Task TimeoutOnSleepingServer_DeadlinePasses_BothSidesEnd()
    {
        string id = nameof(TimeoutOnSleepingServer_DeadlinePasses_BothSidesEnd);
        DateTime deadline = DateTime.UtcNow.AddSeconds(2);
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call =
            _client.FullDuplexCall(new Metadata { { CallLog.IdHeader, id } }, deadline);
        await call.RequestStream.WriteAsync(Request(1));
        Assert.True(await call.ResponseStream.MoveNext());

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.Equal(StatusCode.DeadlineExceeded, exception.StatusCode);
        Assert.Equal(deadline, await server.Log.StartedAsync(id), TimeSpan.FromSeconds(30));
        await server.Log.CancelledAsync(id);
    }

    private static Payload PayloadOf(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };

    private static StreamingOutputCallRequest Request(params int[] sizes)
    {
        var request = new StreamingOutputCallRequest();
        request.ResponseParameters.AddRange(sizes.Select(size => new ResponseParameters { Size = size }));
        return request;
    }

    private static Metadata EchoHeaders() => new()
    {
        { "x-grpc-test-echo-initial", "test_initial_metadata_value" },
        { "x-grpc-test-echo-trailing-bin", [0xab, 0xab, 0xab] },
    };

    private static void AssertEchoed(Metadata headers, Metadata trailers)
    {
        Assert.Equal("test_initial_metadata_value", headers.GetValue("x-grpc-test-echo-initial"));
        Assert.Equal([0xab, 0xab, 0xab], trailers.GetValueBytes("x-grpc-test-echo-trailing-bin")!);
    }

    private static async Task<List<int>> SizesAsync(IAsyncStreamReader<StreamingOutputCallResponse> stream)
    {
        List<int> sizes = [];
        await foreach (StreamingOutputCallResponse response in stream.ReadAllAsync())
            sizes.Add(response.Payload.Body.Length);
        return sizes;
    }

    private static async Task AssertFailsAsync(StatusCode expected, Func<AsyncUnaryCall<Empty>> call)
    {
        RpcException exception = await Assert.ThrowsAsync<RpcException>(async () => await call());
        Assert.Equal(expected, exception.StatusCode);
    }
}
